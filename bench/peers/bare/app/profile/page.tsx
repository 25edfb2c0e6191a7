import { connection } from "next/server"
import { ProfileDocument } from "../../../markup/profile-page"
import { readProfile } from "../../../markup/read-profile"

/** The cost of the page with a single user and no sign-in. */
export default async function ProfilePage() {
  await connection()
  return <ProfileDocument profile={await readProfile(process.env.BARE_ACCESS_TOKEN)} />
}
