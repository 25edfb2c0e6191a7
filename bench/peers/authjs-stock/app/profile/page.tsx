import { redirect } from "next/navigation"
import { LightPage, readUser } from "../../../markup/light-page"
import { auth } from "../../auth"

/** The profile, or a sign-in link if the session has ended or its tokens could not be refreshed. */
export default async function ProfilePage() {
  const session = await auth()
  if (!session || session.error === "RefreshTokenError") redirect("/api/auth/signin")
  return <LightPage user={await readUser(session.accessToken)} />
}
