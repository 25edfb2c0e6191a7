import { Hops } from "./hops"

const gains = [
  "The whole flow on your machine, without credentials or internet, against an emulated Bitbucket.",
  "One refresh per expiry, however many tabs, requests and servers need it at that moment.",
  "No token in a cookie or a browser: they stay in Postgres, encrypted.",
  "State and PKCE with every sign-in, the confirmed email address, and only the people you let in.",
  "Sessions that people see and end, and data that they download and delete.",
]

type Props = { sourceUrl: string | undefined; hasSetupPage: boolean }

export function ForDevelopers({ sourceUrl, hasSetupPage }: Props) {
  return (
    <section id="developers" aria-labelledby="for-developers" className="for-developers">
      <h2 id="for-developers">For developers</h2>
      <div>
        <ul>
          {gains.map((gain) => (
            <li key={gain}>{gain}</li>
          ))}
        </ul>
        <div>
          <pre>npm ci && npm run demo</pre>
          {sourceUrl && (
            <p>
              <a className="link" href={sourceUrl} rel="noreferrer">
                Read the source
              </a>
            </p>
          )}
          {hasSetupPage && (
            <p>
              <a className="link" href="/setup">
                Check this setup
              </a>
              : each variable, the callback URL, Bitbucket and the database.
            </p>
          )}
        </div>
      </div>
      <Hops />
    </section>
  )
}
