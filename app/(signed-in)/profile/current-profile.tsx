import { redirect } from "next/navigation"
import type { Connection } from "@/lib/connections/connection-store"
import type { ProfileReading } from "@/lib/connections/current-profile"
import { ConnectionError } from "@/lib/connections/errors"
import { profileSnapshots } from "@/lib/connections/profile-snapshots"
import { wayBackIn } from "@/lib/sessions/way-in"
import { ProfileView } from "./profile-view"

/** The profile as Bitbucket has it now. */
export async function CurrentProfile({ connection }: { connection: Connection }) {
  return <ProfileView connection={connection} reading={await readProfile(connection)} />
}

async function readProfile(connection: Connection): Promise<ProfileReading> {
  try {
    return await profileSnapshots.read(connection)
  } catch (error) {
    // The page has begun, so this is no redirect of HTTP's any more; the browser follows it all the same.
    if (error instanceof ConnectionError) redirect(wayBackIn("/profile"))
    throw error
  }
}
