import { redirect } from "next/navigation"
import { auth } from "../../auth"

const api = process.env.BITBUCKET_API_URL ?? "https://api.bitbucket.org"

/** The profile, or the way to sign in where the session is over or its tokens could not be renewed. */
export default async function ProfilePage() {
  const session = await auth()
  if (!session || session.error === "RefreshTokenError") redirect("/api/auth/signin")
  const response = await fetch(`${api}/2.0/user`, {
    headers: { authorization: `Bearer ${session.accessToken}` },
    cache: "no-store",
  })
  if (!response.ok) throw new Error(`Bitbucket answered ${response.status}`)
  const { display_name } = await response.json()
  return <h1>{display_name}</h1>
}
