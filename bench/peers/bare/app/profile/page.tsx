import { connection } from "next/server"
import { ProfileDocument } from "../../../markup/profile-page"
import { readProfile } from "../../../markup/read-profile"

/** What the page costs where everybody is one person and nobody has to sign in. */
export default async function ProfilePage() {
  await connection()
  return <ProfileDocument profile={await readProfile(process.env.BARE_ACCESS_TOKEN)} />
}
