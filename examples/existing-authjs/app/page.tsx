import { auth, signOut } from "../auth"
import { bitbucketAccount } from "../bitbucket"

export default async function Home() {
  const session = await auth()
  if (!session?.user) return <a href="/api/auth/signin">Sign in</a>
  return (
    <main>
      <h1>{session.user.name}</h1>
      <p>Bitbucket: {(await bitbucketAccount(session.user.id))?.displayName ?? "not connected"}</p>
      <form
        action={async () => {
          "use server"
          await signOut()
        }}
      >
        <button type="submit">Sign out</button>
      </form>
    </main>
  )
}
