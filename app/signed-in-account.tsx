import { AccountBar } from "@/components/account-bar"
import { getSession } from "@/lib/sessions/current-session"
import { signOut } from "./(signed-in)/actions"

/** Who is signed in. Where the database cannot say, this says nothing: the page below has to tell. */
export async function SignedInAccount() {
  const session = await getSession().catch(() => null)
  return session && <AccountBar account={session.connection.profile.account} signOut={signOut} />
}
