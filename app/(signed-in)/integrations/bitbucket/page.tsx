import type { Metadata } from "next"
import { Suspense } from "react"
import { isRenewable } from "@/lib/connections/access-token"
import { requireSession } from "@/lib/sessions/current-session"
import { fromRecords } from "@/lib/sessions/records"
import { KeepFresh } from "../../keep-fresh"
import { AllowedScopes } from "./allowed-scopes"
import { CheckedStanding } from "./checked-standing"
import { ConnectionStanding } from "./connection-standing"
import { Disconnect } from "./disconnect"
import { RenewalOutcomeNotice } from "./renewal-outcome"
import { renewedOrEnded } from "./renewed-or-ended"

export const metadata: Metadata = { title: "Bitbucket connection" }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/**
 * Somebody whose connection has ended is told so here and not sent away: this is where it is looked after.
 * While Bitbucket is asked whether it still holds, what is known stands where the answer will stand; one that has
 * ended is not asked about, and its link back does not change places under anybody's finger.
 */
export default async function BitbucketConnectionPage({ searchParams }: Props) {
  const session = await requireSession("/integrations/bitbucket")
  const connection = await fromRecords("/integrations/bitbucket", renewedOrEnded(session.connection))
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
      <Disconnect lapsesByItself={isRenewable(connection)} />
    </div>
  )
}
