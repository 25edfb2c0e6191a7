import { fill } from "@/components/fill"
import { Hops } from "./hops"
import { words } from "./words"

type Props = { sourceUrl: string | undefined; hasSetupPage: boolean }

export function ForDevelopers({ sourceUrl, hasSetupPage }: Props) {
  return (
    <section id="developers" aria-labelledby="for-developers" className="for-developers">
      <h2 id="for-developers">{words.forDevelopers}</h2>
      <div>
        <ul>
          {words.gains.map((gain) => (
            <li key={gain}>{gain}</li>
          ))}
        </ul>
        <div>
          <pre>{"npm ci && npm run demo"}</pre>
          {sourceUrl && (
            <p>
              <a className="link" href={sourceUrl} rel="noreferrer">
                {words.readSource}
              </a>
            </p>
          )}
          {hasSetupPage && (
            <p>
              {fill(words.checkSetup, {
                link: (
                  <a className="link" href="/setup">
                    {words.checkSetupLink}
                  </a>
                ),
              })}
            </p>
          )}
        </div>
      </div>
      <Hops />
    </section>
  )
}
