import type { Metadata } from "next"
import { Card } from "@/components/card"
import { ScopeList } from "@/components/scope-list"
import { SignInButton } from "@/components/sign-in-button"
import { isGranted } from "@/lib/bitbucket/scopes"
import type { Connection } from "@/lib/connections/connection-store"
import { ConnectionError } from "@/lib/connections/errors"
import { renewedConnection } from "@/lib/connections/renewed-connection"
import { environment } from "@/lib/env"
import { requireSession } from "@/lib/sessions/current-session"
import { KeepFresh } from "../../keep-fresh"
import { ConnectionNotice } from "./connection-notice"
import { ConnectionOverview } from "./connection-overview"
import { connectionState } from "./connection-state"
import { Disconnect } from "./disconnect"

export const metadata: Metadata = { title: "Bitbucket connection" }

const path = "/integrations/bitbucket"

/** Somebody whose connection has ended is told so here and not sent away: this is where it is looked after. */
export default async function BitbucketConnectionPage() {
  const session = await requireSession(path)
  const connection = await renewedOrEnded(session.connection)
  const state = connectionState(connection)
  const missing = environment().BITBUCKET_SCOPES.filter((scope) => !isGranted(scope, connection.scopes))

  return (
    <div className="space-y-6">
      <KeepFresh connection={connection} />
      <h1 className="font-semibold text-xl sm:text-2xl">Bitbucket connection</h1>
      <ConnectionNotice connection={connection} state={state} />
      <ConnectionOverview connection={connection} state={state} />
      <Card id="allowed" title="What you allowed">
        <ScopeList scopes={connection.scopes} missing={missing} />
        <div className="mt-6 flex flex-wrap items-center gap-x-4 gap-y-3 border-line border-t pt-5">
          <SignInButton next={path} reason="reconnect" label="Reconnect" look="secondary" />
          <p className="min-w-0 flex-1 basis-60 text-ink-muted text-sm">
            Goes to Bitbucket and back, and renews what you allowed.
          </p>
        </div>
      </Card>
      <Disconnect />
    </div>
  )
}

async function renewedOrEnded(connection: Connection): Promise<Connection> {
  try {
    return await renewedConnection(connection)
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    return { ...connection, status: "dead" }
  }
}
