import { redirect } from "next/navigation"
import { BitbucketError } from "@/lib/bitbucket/errors"
import type { Connection } from "@/lib/connections/connection-store"
import { getCurrentProfile } from "@/lib/connections/current-profile"
import { ConnectionError } from "@/lib/connections/errors"
import { wayBackIn } from "@/lib/sessions/way-in"
import { ProfileView } from "./profile-view"

export async function CurrentProfile({ connection }: { connection: Connection }) {
  const { profile, readAt, standing } = await readProfile(connection)
  return <ProfileView connection={connection} profile={profile} readAt={readAt} standing={standing} />
}

async function readProfile(connection: Connection) {
  try {
    const { profile, readAt, staleBecause } = await getCurrentProfile(connection)
    return { profile, readAt, standing: staleBecause ?? ("current" as const) }
  } catch (error) {
    // The page has begun, so this is no redirect of HTTP's any more; the browser follows it all the same.
    if (error instanceof ConnectionError) redirect(wayBackIn("/profile"))
    if (!(error instanceof BitbucketError)) throw error
    const { profile, profileReadAt } = connection
    return { profile, readAt: profileReadAt, standing: "bitbucket_refused" as const }
  }
}
