import { headers } from "next/headers"
import { redirect } from "next/navigation"
import { LightPage, readUser } from "../../../markup/light-page"
import { auth } from "../../auth"

/** The profile, or a sign-in link; the library refreshes an expired access token. */
export default async function ProfilePage() {
  const request = { headers: await headers() }
  const session = await auth.api.getSession(request)
  if (!session) redirect("/signin")
  const [account] = await auth.api.listUserAccounts(request)
  if (!account) redirect("/signin")
  const { accessToken } = await auth.api.getAccessToken({ body: { accountId: account.id }, ...request })
  return <LightPage user={await readUser(accessToken)} />
}
