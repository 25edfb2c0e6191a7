import type { Metadata } from "next"
import { z } from "zod"
import { buttonStyle } from "@/components/button-style"
import { Card } from "@/components/card"
import { Instant } from "@/components/instant"
import { ACTIVITY_KEPT_DAYS, activities } from "@/lib/sessions/activity"
import { requireSession } from "@/lib/sessions/current-session"
import { orErrorPage } from "@/lib/sessions/error-page"
import { activityInWords } from "./activity-words"

export const metadata: Metadata = { title: "Activity" }

const PAGE_SIZE = 25

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function ActivityPage({ searchParams }: Props) {
  const { connection } = await requireSession("/activity")
  const before = z.coerce
    .number()
    .int()
    .positive()
    .safeParse((await searchParams).before).data
  const list = activities().list(connection.accountUuid, PAGE_SIZE + 1, before)
  const entries = await orErrorPage("/activity", list)
  const shown = entries.slice(0, PAGE_SIZE)
  const hasOlder = entries.length > PAGE_SIZE
  return (
    <div className="space-y-6">
      <h1 className="font-semibold text-xl sm:text-2xl">Activity</h1>
      <Card id="activity" title="What happened to your sign-ins and your connection">
        {shown.length === 0 ? (
          <p className="text-ink-muted text-sm">Nothing has happened yet.</p>
        ) : (
          <ol className="-my-3 divide-y divide-line">
            {shown.map((entry) => (
              <li key={entry.id} className="flex flex-wrap items-baseline gap-x-6 gap-y-0.5 py-3 text-sm">
                <span className="min-w-56 flex-1">{activityInWords(entry)}</span>
                <span className="text-ink-muted tabular-nums">
                  <Instant at={entry.at} as="instant" />
                </span>
              </li>
            ))}
          </ol>
        )}
      </Card>
      <nav aria-label="Pages" className="flex flex-wrap items-center gap-3">
        {before !== undefined && (
          <a href="/activity" className={buttonStyle("secondary")}>
            Newest
          </a>
        )}
        {hasOlder && (
          <a href={`/activity?before=${shown.at(-1)?.id}`} className={buttonStyle("secondary")}>
            Older
          </a>
        )}
        <p className="text-ink-muted text-sm">Kept for {ACTIVITY_KEPT_DAYS} days.</p>
      </nav>
    </div>
  )
}
