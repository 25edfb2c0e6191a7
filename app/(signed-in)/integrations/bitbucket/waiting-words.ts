import { isReconnectAdvised } from "auth-bitbucket/connections"
import type { Connection } from "@/lib/accounts/connection"

type WaitingWords = {
  title: string
  explanation: string
  /** Whether the page offers to sign in again, besides waiting. */
  offersReconnect: boolean
}

const NOT_REFRESHED = "The connection could not be renewed."

/** What to say about a connection that waits for a refresh. Names Bitbucket as the cause only if it is. */
export function waitingWords(
  connection: Pick<Connection, "lastFailure" | "failures" | "remainingSeconds">,
): WaitingWords {
  if (isReconnectAdvised(connection))
    return {
      title: "Bitbucket refuses to renew this connection.",
      explanation:
        "It does not say why. You stay signed in, and we keep trying. Signing in at Bitbucket again may fix it.",
      offersReconnect: true,
    }
  switch (connection.lastFailure) {
    case "operator_fault":
      return waiting(
        NOT_REFRESHED,
        "Bitbucket does not recognize this site, and only its owner can fix that. You stay signed in; there is nothing you need to do.",
      )
    case "unexplained_refusal":
    case "token_refused":
    case "tokens_unreadable":
      return waiting(
        NOT_REFRESHED,
        "You stay signed in, and we keep trying. There is nothing you need to do.",
      )
    case "oauth_error":
    case "unexpected_answer":
      return waiting(
        "Bitbucket cannot renew the connection at this moment.",
        "You stay signed in, and we keep trying. There is nothing you need to do.",
      )
    default:
      return waiting(
        "Bitbucket is not answering.",
        "You stay signed in. We renew the connection as soon as Bitbucket answers; there is nothing you need to do.",
      )
  }
}

function waiting(title: string, explanation: string): WaitingWords {
  return { title, explanation, offersReconnect: false }
}
