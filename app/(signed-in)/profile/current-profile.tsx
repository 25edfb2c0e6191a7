import { redirect } from "next/navigation"
import { cache, Suspense } from "react"
import type { Connection } from "@/lib/accounts/connection"
import { isConnectionError } from "@/lib/accounts/connection-error"
import type { ProfileReading } from "@/lib/accounts/profile-snapshots"
import { profileSnapshots } from "@/lib/accounts/profile-snapshots"
import { isSameProfile } from "@/lib/bitbucket/profile"
import { orErrorPage } from "@/lib/sessions/error-page"
import { reconnectPath } from "@/lib/sessions/paths"
import { Freshness } from "./freshness"
import { ProfileView } from "./profile-view"

type Props = { connection: Connection; lastKnown: ProfileReading; showsDetails: boolean }

/**
 * Shows the last known profile immediately, and Bitbucket's answer when it comes. A changed profile replaces the
 * previous one. An unchanged one, the usual case, is not sent again.
 */
export function CurrentProfile({ connection, lastKnown, showsDetails }: Props) {
  return (
    <>
      <Suspense>
        <ChangedProfile connection={connection} showsDetails={showsDetails} />
      </Suspense>
      <div className="peer-data-changed:hidden">
        <ProfileView
          connection={connection}
          reading={lastKnown}
          showsDetails={showsDetails}
          freshness={
            <Suspense fallback={<Freshness {...lastKnown} />}>
              <CurrentFreshness connection={connection} />
            </Suspense>
          }
        />
      </div>
    </>
  )
}

async function CurrentFreshness({ connection }: Pick<Props, "connection">) {
  return <Freshness {...(await readProfile(connection))} />
}

/** Comes before what it hides, so that its ids are the first on the page. */
async function ChangedProfile({ connection, showsDetails }: Omit<Props, "lastKnown">) {
  const reading = await readProfile(connection)
  if (isSameProfile(reading.profile, connection.profile)) return null
  return (
    <div className="peer" data-changed>
      <ProfileView connection={connection} reading={reading} showsDetails={showsDetails} />
    </div>
  )
}

/** Asks once for both parts of a page. */
const readProfile = cache((connection: Connection) => orErrorPage("/profile", readOrSignIn(connection)))

async function readOrSignIn(connection: Connection): Promise<ProfileReading> {
  try {
    return await profileSnapshots.read(connection)
  } catch (error) {
    // The response has started, so this can no longer be an HTTP redirect. The browser follows it anyway.
    if (isConnectionError(error)) redirect(reconnectPath("/profile"))
    throw error
  }
}
