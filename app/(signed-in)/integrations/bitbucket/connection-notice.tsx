import { Instant } from "@/components/instant"
import { Notice } from "@/components/notice"
import { SignInButton } from "@/components/sign-in-button"
import type { ConnectionState } from "@/lib/connections/connection-state"
import type { Connection } from "@/lib/connections/connection-store"
import { waitingWords } from "./waiting-words"

/** Says what is wrong and who has to do what; nothing where nothing is wrong. */
export function ConnectionNotice({ connection, state }: { connection: Connection; state: ConnectionState }) {
  switch (state) {
    case "connected":
    case "renewing":
      return null
    case "waiting":
      return <Waiting connection={connection} />
    case "ending":
      return (
        <Notice tone="caution" title={endedTitle(connection)}>
          <p>
            What it gave last is good until <Instant at={connection.expiresAt} as="instant-and-relative" />.
          </p>
          <Reconnect reason="reauthorization" label="Sign in again" />
        </Notice>
      )
    case "ended":
      return (
        <Notice tone="critical" title={endedTitle(connection)}>
          <p>Sign in again to restore it; you come back to this page.</p>
          <Reconnect reason="reauthorization" label="Sign in again" />
        </Notice>
      )
  }
}

function Waiting({ connection }: { connection: Connection }) {
  const { title, explanation, offersReconnect } = waitingWords(connection)
  return (
    <Notice tone="caution" title={title}>
      <p>{explanation}</p>
      {offersReconnect && <Reconnect reason="reconnect" label="Reconnect now" />}
    </Notice>
  )
}

/** Bitbucket's doing is called that where it is known to be; what ended otherwise has just ended. */
function endedTitle({ lastFailure }: Connection): string {
  return lastFailure === "dead_grant" ? "Bitbucket has ended this connection." : "This connection has ended."
}

type ReconnectProps = { reason: "reauthorization" | "reconnect"; label: string }

function Reconnect({ reason, label }: ReconnectProps) {
  return (
    <p className="mt-3">
      <SignInButton next="/integrations/bitbucket" reason={reason} label={label} look="primary" />
    </p>
  )
}
