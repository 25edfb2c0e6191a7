import { redirect } from "next/navigation"
import { ProfileDocument } from "../../../markup/profile-page"
import { readProfile } from "../../../markup/read-profile"
import { auth } from "../../auth"

/** The profile, or the way to sign in where the session is over or its tokens could not be renewed. */
export default async function ProfilePage() {
  const session = await auth()
  if (!session || session.error === "RefreshTokenError") redirect("/api/auth/signin")
  return <ProfileDocument profile={await readProfile(session.accessToken)} />
}
