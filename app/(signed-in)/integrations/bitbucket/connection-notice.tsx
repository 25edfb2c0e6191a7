import { Instant } from "@/components/instant"
import { Notice } from "@/components/notice"
import { SignInButton } from "@/components/sign-in-button"
import type { ConnectionState } from "@/lib/connections/connection-state"
import type { Connection } from "@/lib/connections/connection-store"

/** Says what is wrong and who has to do what; nothing where nothing is wrong. */
export function ConnectionNotice({ connection, state }: { connection: Connection; state: ConnectionState }) {
  switch (state) {
    case "connected":
    case "renewing":
      return null
    case "waiting":
      return (
        <Notice tone="caution" title="Bitbucket is not answering.">
          You stay signed in. The connection is renewed as soon as Bitbucket answers; there is nothing for you
          to do.
        </Notice>
      )
    case "ending":
      return (
        <Notice tone="caution" title="Bitbucket has ended this connection.">
          <p>
            What it gave last is good until <Instant at={connection.expiresAt} as="instant-and-relative" />.
          </p>
          <Reconnect />
        </Notice>
      )
    case "ended":
      return (
        <Notice tone="critical" title="Bitbucket has ended this connection.">
          <p>Sign in again to restore it; you come back to this page.</p>
          <Reconnect />
        </Notice>
      )
  }
}

function Reconnect() {
  return (
    <p className="mt-3">
      <SignInButton
        next="/integrations/bitbucket"
        reason="reauthorization"
        label="Sign in again"
        look="primary"
      />
    </p>
  )
}
