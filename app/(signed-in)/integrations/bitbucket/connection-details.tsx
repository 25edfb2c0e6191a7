import { Card } from "@/components/card"
import { ScopeList } from "@/components/scope-list"
import { SignInButton } from "@/components/sign-in-button"
import { isGranted } from "@/lib/bitbucket/scopes"
import type { Connection } from "@/lib/connections/connection-store"
import { environment } from "@/lib/env"
import { KeepFresh } from "../../keep-fresh"
import { ConnectionNotice } from "./connection-notice"
import { ConnectionOverview } from "./connection-overview"
import { connectionState } from "./connection-state"
import { Disconnect } from "./disconnect"

/** All there is to know of a connection, and to do about it. */
export function ConnectionDetails({ connection }: { connection: Connection }) {
  const state = connectionState(connection)
  const missing = environment().BITBUCKET_SCOPES.filter((scope) => !isGranted(scope, connection.scopes))
  return (
    <>
      <KeepFresh connection={connection} />
      <ConnectionNotice connection={connection} state={state} />
      <ConnectionOverview connection={connection} state={state} />
      <Card id="allowed" title="What you allowed">
        <ScopeList scopes={connection.scopes} missing={missing} />
        <div className="mt-6 flex flex-wrap items-center gap-x-4 gap-y-3 border-line border-t pt-5">
          <SignInButton
            next="/integrations/bitbucket"
            reason="reconnect"
            label="Reconnect"
            look="secondary"
          />
          <p className="min-w-0 flex-1 basis-60 text-ink-muted text-sm">
            Goes to Bitbucket and back, and renews what you allowed.
          </p>
        </div>
      </Card>
      <Disconnect />
    </>
  )
}
