import type { ConnectionState } from "auth-bitbucket/connections"
import { fill } from "@/components/fill"
import { Instant } from "@/components/instant"
import { Notice } from "@/components/notice"
import { SignInButton } from "@/components/sign-in-button"
import type { Connection } from "@/lib/accounts/connection"
import { signInAgain } from "../../words"
import { waitingWords } from "./waiting-words"
import { words } from "./words"

/** Says what is wrong and who has to do what. Renders nothing if all is well. */
export function ConnectionNotice({ connection, state }: { connection: Connection; state: ConnectionState }) {
  switch (state) {
    case "connected":
    case "refreshing":
      return null
    case "waiting":
      return <Waiting connection={connection} />
    case "ending":
      return (
        <Notice tone="caution" title={endedTitle(connection)}>
          <Reused connection={connection} />
          <p>
            {fill(words.accessContinues, {
              time: <Instant at={connection.expiresAt} as="instant-and-relative" />,
            })}
          </p>
          <Reconnect />
        </Notice>
      )
    case "ended":
      return (
        <Notice tone="critical" title={endedTitle(connection)}>
          <Reused connection={connection} />
          <p>{words.restore}</p>
          <Reconnect />
        </Notice>
      )
  }
}

function Waiting({ connection }: { connection: Connection }) {
  const { title, explanation, offersReconnect } = waitingWords(connection)
  return (
    <Notice tone="caution" title={title}>
      <p>{explanation}</p>
      {offersReconnect && <Reconnect />}
    </Notice>
  )
}

/** Blames Bitbucket only if it is the cause. */
function endedTitle({ lastFailure }: Connection): string {
  const isByBitbucket = lastFailure === "dead_grant" || lastFailure === "revoked_or_reused"
  return isByBitbucket ? words.endedByBitbucket : words.ended
}

/** Bitbucket does not say which of the two happened, but the user knows whether it was the first. */
function Reused({ connection }: { connection: Connection }) {
  if (connection.lastFailure !== "revoked_or_reused") return null
  return <p>{words.reused}</p>
}

function Reconnect() {
  return (
    <p className="mt-3">
      <SignInButton next="/integrations/bitbucket" label={signInAgain} look="primary" />
    </p>
  )
}
