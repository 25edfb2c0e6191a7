import type { ConnectionState } from "auth-bitbucket/connections"
import { Instant } from "@/components/instant"
import { Notice } from "@/components/notice"
import { SignInButton } from "@/components/sign-in-button"
import type { Connection } from "@/lib/accounts/connection"
import { waitingWords } from "./waiting-words"

/** Says what is wrong and who has to do what; nothing if all is well. */
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
          <Reused connection={connection} />
          <p>
            Access continues until <Instant at={connection.expiresAt} as="instant-and-relative" />.
          </p>
          <Reconnect label="Sign in again" />
        </Notice>
      )
    case "ended":
      return (
        <Notice tone="critical" title={endedTitle(connection)}>
          <Reused connection={connection} />
          <p>Sign in again to restore it. You'll come back to this page.</p>
          <Reconnect label="Sign in again" />
        </Notice>
      )
  }
}

function Waiting({ connection }: { connection: Connection }) {
  const { title, explanation, offersReconnect } = waitingWords(connection)
  return (
    <Notice tone="caution" title={title}>
      <p>{explanation}</p>
      {offersReconnect && <Reconnect label="Reconnect now" />}
    </Notice>
  )
}

/** Names Bitbucket as the cause only if it is. */
function endedTitle({ lastFailure }: Connection): string {
  const isByBitbucket = lastFailure === "dead_grant" || lastFailure === "revoked_or_reused"
  return isByBitbucket ? "Bitbucket ended this connection." : "This connection has ended."
}

/** Bitbucket does not say which of the two happened, and the person knows whether it was the first. */
function Reused({ connection }: { connection: Connection }) {
  if (connection.lastFailure !== "revoked_or_reused") return null
  return (
    <p>
      Either you removed this app at Bitbucket, or someone else used this app’s access to your account. If you
      didn’t remove it, tell the owner of this site and look through your recent activity at Bitbucket.
    </p>
  )
}

function Reconnect({ label }: { label: string }) {
  return (
    <p className="mt-3">
      <SignInButton next="/integrations/bitbucket" label={label} look="primary" />
    </p>
  )
}
