import { Badge } from "@/components/badge"
import { buttonStyle } from "@/components/button-style"
import { Card } from "@/components/card"
import { Instant } from "@/components/instant"
import { examine } from "@/lib/doctor/examine"
import { CallbackUrl } from "./callback-url"
import { CheckList } from "./check-list"
import { BitbucketErrors, SignInFailures } from "./error-guide"
import { Screens } from "./screens"
import { stateBadges, summaryOf } from "./state-words"

/** What the doctor finds, with what a developer needs to register at Bitbucket. One look, one examination. */
export async function SetupReport({ seenOrigin }: { seenOrigin: string }) {
  const diagnosis = await examine(undefined, seenOrigin)
  return (
    <div className="space-y-6 py-10 sm:py-14">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="min-w-0 max-w-2xl">
          <p className="font-medium text-ink-muted text-sm">For developers</p>
          <h1 className="mt-1 font-semibold text-xl sm:text-2xl">Setup check</h1>
          <p className="mt-3 text-ink-muted">
            {summaryOf(diagnosis)} Checked <Instant at={new Date()} as="instant" />, without changing
            anything; <code className="font-mono text-[0.9em] text-ink">npm run doctor</code> does the same.
          </p>
        </div>
        <a href="/setup" className={buttonStyle("secondary")}>
          Check again
        </a>
      </header>
      {diagnosis.callbackUrl && <CallbackUrl url={diagnosis.callbackUrl} />}
      {diagnosis.groups.map(({ title, results }) => {
        const worst = (["failed", "warning"] as const).find((one) =>
          results.some(({ state }) => state === one),
        )
        const { tone, word } = stateBadges[worst ?? "ok"]
        return (
          <Card
            key={title}
            id={title.toLowerCase().replaceAll(" ", "-")}
            title={title}
            aside={<Badge tone={tone}>{word}</Badge>}
          >
            <CheckList results={results} />
          </Card>
        )
      })}
      <Screens />
      <BitbucketErrors />
      <SignInFailures />
    </div>
  )
}
