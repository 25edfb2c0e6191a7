import { LocalTimes } from "@/app/local-times"
import { Card } from "@/components/card"
import { FoldedCard } from "@/components/folded-card"
import { Instant } from "@/components/instant"
import { examine } from "@/lib/doctor/examine"
import { findingsOf } from "@/lib/doctor/result"
import { CallbackUrl } from "./callback-url"
import { CheckList } from "./check-list"
import { BitbucketErrors, SignInFailures } from "./error-guide"
import { Screens } from "./screens"
import { summaryOf } from "./state-words"

/** What the doctor finds, and what a developer needs to register at Bitbucket. Each view runs the checks once. */
export async function SetupReport({ seenOrigin }: { seenOrigin: string }) {
  const diagnosis = await examine(undefined, seenOrigin)
  const results = diagnosis.groups.flatMap((group) => group.results)
  const findings = findingsOf(results)
  const fine = diagnosis.groups
    .map(({ title, results }) => ({ title, results: results.filter(({ code }) => code === null) }))
    .filter(({ results }) => results.length > 0)
  const fineCount = results.length - findings.length
  return (
    <div className="page public">
      <LocalTimes />
      <header className="choice">
        <div>
          <p className="aside">For developers</p>
          <h1>Setup check</h1>
          <p className="lead">{summaryOf(diagnosis)}</p>
          <p className="aside">
            Checked <Instant at={new Date()} as="instant" />, without changing anything;{" "}
            <code>npm run doctor</code> does the same.
          </p>
        </div>
        <a href="/setup" className="button">
          Check again
        </a>
      </header>
      {findings.length > 0 && (
        <Card id="findings" title="What to look at">
          <CheckList results={findings} />
        </Card>
      )}
      {diagnosis.callbackUrl && <CallbackUrl url={diagnosis.callbackUrl} />}
      <FoldedCard title={fineCount === 1 ? "1 check is fine" : `${fineCount} checks are fine`}>
        {fine.map(({ title, results }) => (
          <section key={title}>
            <h3>{title}</h3>
            <CheckList results={results} />
          </section>
        ))}
      </FoldedCard>
      <Screens />
      <BitbucketErrors />
      <SignInFailures />
    </div>
  )
}
