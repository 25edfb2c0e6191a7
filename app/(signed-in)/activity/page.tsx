import type { Metadata } from "next"
import { z } from "zod"
import { LocalTimes } from "@/app/local-times"
import { Icon } from "@/components/icon"
import { Day, Instant } from "@/components/instant"
import { ACTIVITY_KEPT_DAYS, activities } from "@/lib/accounts/activity"
import { requireSession } from "@/lib/sessions/current-session"
import { orErrorPage } from "@/lib/sessions/error-page"
import { activityIcon } from "./activity-icons"
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
  const list = activities().list(connection.account, PAGE_SIZE + 1, before)
  const entries = await orErrorPage("/activity", list)
  const shown = entries.slice(0, PAGE_SIZE)
  const hasOlder = entries.length > PAGE_SIZE
  return (
    <div className="page">
      <LocalTimes />
      <h1>Activity</h1>
      <p className="aside">
        What happened to your sign-ins and your connection, kept for {ACTIVITY_KEPT_DAYS} days.
      </p>
      {shown.length === 0 && <p className="aside">Nothing has happened yet.</p>}
      <ol className="timeline">
        {shown.map((entry, place) => (
          <li key={entry.id}>
            <Day at={entry.at} after={shown[place - 1]?.at} />
            <div className="entry">
              <Icon of={activityIcon(entry.kind)} />
              <p>{activityInWords(entry)}</p>
              <Instant at={entry.at} as="time" />
            </div>
          </li>
        ))}
      </ol>
      <nav aria-label="Pages" className="page-links">
        {before !== undefined && (
          <a href="/activity" className="button">
            Newest
          </a>
        )}
        {hasOlder && (
          <a href={`/activity?before=${shown.at(-1)?.id}`} className="button">
            Older
          </a>
        )}
      </nav>
    </div>
  )
}
