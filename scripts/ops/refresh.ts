import { TokenUnavailableError } from "auth-bitbucket/connections"
import { type Connection, isRefreshable } from "../../lib/accounts/connection"
import { isConnectionError } from "../../lib/accounts/connection-error"
import { connections } from "../../lib/accounts/connections"
import { tokenUses } from "../../lib/accounts/token-uses"
import { issuer } from "../../lib/bitbucket/identity"
import { findConnection, requireAccount } from "./account"
import { accountHelp, type OperatorCommand, printResult } from "./command"

const usage = `Usage: npm run ops -- refresh ACCOUNT [--json]

Refreshes a connection's access token now, whether it is due or not: this shows whether Bitbucket still accepts its refresh
token.

  ${accountHelp}
  --json   one JSON object: {"outcome": "refreshed" | "being_refreshed" | "ended" | "unreadable" | "unavailable" |
           "not_refreshable", ...}

Exit codes: 0 refreshed; 1 not refreshed, no such connection, or the environment or the database is wrong; 2 called wrongly.`

type Outcome = { outcome: string; sentence: string; expiresAt?: string; retryAfterSeconds?: number }

export const command: OperatorCommand = {
  usage,
  flags: ["json"],
  takesAccount: true,
  async run(given) {
    const { entry, connection } = await findConnection(requireAccount(given))
    const { sentence, ...result } = await refresh(connection, entry.issuer)
    printResult(given, result, sentence)
    return result.outcome === "refreshed" ? 0 : 1
  },
}

async function refresh(connection: Connection, ofIssuer: string | null): Promise<Outcome> {
  if (!isRefreshable(connection))
    return notRefreshable(
      "The legacy sign-in made it, and its tokens do not expire. There is nothing to refresh.",
    )
  if (ofIssuer !== issuer())
    return notRefreshable(
      "It belongs to another Bitbucket than the one in this environment. Set BITBUCKET_SITE_URL and BITBUCKET_API_URL to that one.",
    )
  const { kept } = connections()
  try {
    const { isRefreshed } = await kept.refreshNow(connection)
    const current = await kept.read(connection.account)
    if (isRefreshed) {
      tokenUses().note(connection.account, "command:refresh")
      await tokenUses().flush()
      const expiresAt = current?.expiresAt.toISOString() ?? ""
      return { outcome: "refreshed", expiresAt, sentence: `Refreshed: good until ${expiresAt}.` }
    }
    // A valid token is returned even if the refresh failed, so only the row says what happened.
    if (!current || current.status === "ended") return ended
    if (current.failures > 0) return unavailable(Math.ceil(current.retryInSeconds))
    return {
      outcome: "being_refreshed",
      sentence: "A server is refreshing it at this moment. Look again in a few seconds.",
    }
  } catch (error) {
    if (!isConnectionError(error)) throw error
    if (error instanceof TokenUnavailableError) return unavailable(error.retryAfterSeconds)
    return error.reason === "tokens_unreadable" ? unreadable : ended
  }
}

const ended: Outcome = { outcome: "ended", sentence: "The connection has ended: the person must sign in." }

const unreadable: Outcome = {
  outcome: "unreadable",
  sentence:
    "Not refreshed: its tokens were sealed with an AUTH_SECRET that is not set here. Put that one into AUTH_SECRET_PREVIOUS.",
}

function notRefreshable(sentence: string): Outcome {
  return { outcome: "not_refreshable", sentence }
}

function unavailable(retryAfterSeconds: number): Outcome {
  const sentence = `Not refreshed: Bitbucket did not answer as it should. Try again in ${retryAfterSeconds} s.`
  return { outcome: "unavailable", retryAfterSeconds, sentence }
}
