import type { Metadata } from "next"
import { Suspense } from "react"
import { LocalTimes } from "@/app/local-times"
import { isRefreshable } from "@/lib/accounts/connection"
import { requireConnection } from "@/lib/sessions/require-connection"
import { KeepFresh } from "../../keep-fresh"
import { AllowedScopes } from "./allowed-scopes"
import { CheckedConnectionStatus, ConnectionStatus } from "./connection-status"
import { DangerZone } from "./danger-zone"
import { RefreshOutcomeNotice } from "./refresh-outcome-notice"
import { words } from "./words"
import { YourData } from "./your-data"

export const metadata: Metadata = { title: words.title }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/**
 * While the server asks Bitbucket whether the connection still works, the page shows what the database says. It does not
 * ask about a connection that has ended, so that the link to sign in does not move as the page streams in.
 */
export default async function BitbucketConnectionPage({ searchParams }: Props) {
  const { connection } = await requireConnection("/integrations/bitbucket")
  return (
    <div className="page">
      <LocalTimes />
      <KeepFresh connection={connection} />
      <h1>{words.title}</h1>
      <RefreshOutcomeNotice outcome={(await searchParams).renewal} connection={connection} />
      {connection.status === "ended" ? (
        <ConnectionStatus connection={connection} />
      ) : (
        <Suspense fallback={<ConnectionStatus connection={connection} />}>
          <CheckedConnectionStatus connection={connection} />
        </Suspense>
      )}
      <AllowedScopes granted={connection.scopes} />
      <YourData />
      <DangerZone tokensExpire={isRefreshable(connection)} />
    </div>
  )
}
