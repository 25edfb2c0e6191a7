import { get, type User } from "./bitbucket-api"

/** Asks Bitbucket for the token's user, with one call. */
export function readUser(accessToken: string | undefined): Promise<User> {
  return get("/2.0/user", accessToken)
}

const places = ["Profile", "Connection", "Workspaces", "Sessions", "Activity"]

/** A minimal profile page: the signed-in user, a navigation, and a button to sign out. */
export function LightPage({ user }: { user: User }) {
  const facts = {
    Nickname: user.nickname,
    "User name": user.username,
    Location: user.location ?? "Unknown",
    "Member since": user.created_on.slice(0, 10),
    "Account UUID": user.uuid,
    "Account ID": user.account_id,
    "Account status": user.account_status,
  }
  return (
    <html lang="en">
      <body>
        <header>
          <a href="/">A light page</a>
          <span>{user.display_name}</span>
          <form action="/sign-out" method="post">
            <button type="submit">Sign out</button>
          </form>
        </header>
        <nav aria-label="Your account">
          {places.map((place) => (
            <a key={place} href={`/${place.toLowerCase()}`}>
              {place}
            </a>
          ))}
        </nav>
        <main>
          {/* biome-ignore lint/performance/noImgElement: a picture at Bitbucket, as in this app */}
          <img src={user.links.avatar.href} alt="" width="64" height="64" />
          <h1>{user.display_name}</h1>
          <dl>
            {Object.entries(facts).map(([name, fact]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{fact}</dd>
              </div>
            ))}
          </dl>
          <a href={user.links.html.href}>Open at Bitbucket</a>
        </main>
        <footer>
          <p>Not affiliated with Atlassian. Bitbucket is a trademark of Atlassian.</p>
        </footer>
      </body>
    </html>
  )
}
