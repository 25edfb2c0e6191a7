import { headers } from "next/headers"
import { redirect } from "next/navigation"
import { ProfileDocument } from "../../../markup/profile-page"
import { readProfile } from "../../../markup/read-profile"
import { auth } from "../../auth"

/** The profile, or a sign-in link; the library refreshes an expired access token. */
export default async function ProfilePage() {
  const request = { headers: await headers() }
  const session = await auth.api.getSession(request)
  if (!session) redirect("/signin")
  const body = { providerId: "bitbucket", userId: session.user.id }
  const { accessToken } = await auth.api.getAccessToken({ body, ...request })
  return <ProfileDocument profile={await readProfile(accessToken)} />
}
