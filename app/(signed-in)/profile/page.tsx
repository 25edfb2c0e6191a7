import type { Metadata } from "next"
import { Suspense } from "react"
import { requireConnection } from "@/lib/sessions/require-connection"
import { KeepFresh } from "../keep-fresh"
import { CurrentProfile } from "./current-profile"
import { ProfileView } from "./profile-view"

export const metadata: Metadata = { title: "Profile" }

/**
 * While Bitbucket is asked, the profile as it was read last stands where today's will stand: of the same size,
 * and all there is for a browser that runs no script.
 */
export default async function ProfilePage() {
  const { connection } = await requireConnection("/profile")
  const lastKnown = { profile: connection.profile, readAt: connection.profileReadAt }
  return (
    <>
      <KeepFresh connection={connection} />
      <Suspense fallback={<ProfileView connection={connection} {...lastKnown} standing="asking" />}>
        <CurrentProfile connection={connection} />
      </Suspense>
    </>
  )
}
