import type { Metadata } from "next"
import { after } from "next/server"
import { profileSnapshots } from "@/lib/accounts/profile-snapshots"
import { requireConnection } from "@/lib/sessions/require-connection"
import { KeepFresh } from "../keep-fresh"
import { CurrentProfile } from "./current-profile"
import { ProfileView } from "./profile-view"
import { words } from "./words"

export const metadata: Metadata = { title: words.title }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

/**
 * Shows the stored profile immediately, and browsers without scripts show nothing else. If it is not recent,
 * Bitbucket's answer follows on the same page.
 */
export default async function ProfilePage({ searchParams }: Props) {
  const { connection } = await requireConnection("/profile")
  const showsDetails = (await searchParams).show === "developers"
  const { reading, need } = profileSnapshots.look(connection)
  if (need === "revalidation") after(() => profileSnapshots.revalidate(connection))
  return (
    <>
      <KeepFresh connection={connection} />
      {need === "answer" ? (
        <CurrentProfile connection={connection} lastKnown={reading} showsDetails={showsDetails} />
      ) : (
        <ProfileView connection={connection} reading={reading} showsDetails={showsDetails} />
      )}
    </>
  )
}
