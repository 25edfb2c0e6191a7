import type { Metadata } from "next"
import { after } from "next/server"
import { Suspense } from "react"
import { profileSnapshots } from "@/lib/connections/profile-snapshots"
import { requireConnection } from "@/lib/sessions/require-connection"
import { KeepFresh } from "../keep-fresh"
import { CurrentProfile } from "./current-profile"
import { ProfileView } from "./profile-view"

export const metadata: Metadata = { title: "Profile" }

/**
 * The profile as it was read last, at once. Where that is a while ago, today's takes its place as soon as Bitbucket
 * has answered: of the same size, and the first is all there is for a browser that runs no script.
 */
export default async function ProfilePage() {
  const { connection } = await requireConnection("/profile")
  const { reading, need } = profileSnapshots.look(connection)
  if (need === "revalidation") after(() => profileSnapshots.revalidate(connection))
  const lastKnown = <ProfileView connection={connection} reading={reading} />
  return (
    <>
      <KeepFresh connection={connection} />
      {need === "answer" ? (
        <Suspense fallback={lastKnown}>
          <CurrentProfile connection={connection} />
        </Suspense>
      ) : (
        lastKnown
      )}
    </>
  )
}
