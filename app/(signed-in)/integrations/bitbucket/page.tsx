import type { Metadata } from "next"
import { Suspense } from "react"
import { isRenewable } from "@/lib/connections/access-token"
import { requireConnection } from "@/lib/sessions/require-connection"
import { KeepFresh } from "../../keep-fresh"
import { AllowedScopes } from "./allowed-scopes"
import { CheckedStanding } from "./checked-standing"
import { ConnectionStanding } from "./connection-standing"
import { Disconnect } from "./disconnect"
import { RenewalOutcomeNotice } from "./renewal-outcome"
import { YourData } from "./your-data"

export const metadata: Metadata = { title: "Bitbucket connection" }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/**
 * While Bitbucket is asked whether the connection still holds, what is known stands where the answer will stand. One
 * that has ended while its access token lives is not asked about, and its link does not move as the page streams in.
 */
export default async function BitbucketConnectionPage({ searchParams }: Props) {
  const { connection } = await requireConnection("/integrations/bitbucket")
  return (
    <div className="space-y-6">
      <KeepFresh connection={connection} />
      <h1 className="font-semibold text-xl sm:text-2xl">Bitbucket connection</h1>
      <RenewalOutcomeNotice outcome={(await searchParams).renewal} connection={connection} />
      {connection.status === "dead" ? (
        <ConnectionStanding connection={connection} />
      ) : (
        <Suspense fallback={<ConnectionStanding connection={connection} />}>
          <CheckedStanding connection={connection} />
        </Suspense>
      )}
      <AllowedScopes granted={connection.scopes} />
      <YourData />
      <Disconnect tokensExpire={isRenewable(connection)} />
    </div>
  )
}
