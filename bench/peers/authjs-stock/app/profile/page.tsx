import { redirect } from "next/navigation"
import { ProfileDocument } from "../../../markup/profile-page"
import { readProfile } from "../../../markup/read-profile"
import { auth } from "../../auth"

/** The profile, or a sign-in link if the session has ended or its tokens could not be refreshed. */
export default async function ProfilePage() {
  const session = await auth()
  if (!session || session.error === "RefreshTokenError") redirect("/api/auth/signin")
  return <ProfileDocument profile={await readProfile(session.accessToken)} />
}
