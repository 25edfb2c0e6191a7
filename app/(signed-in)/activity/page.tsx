import type { Metadata } from "next"
import Link from "next/link"
import { z } from "zod"
import { LocalTimes } from "@/app/local-times"
import { fill } from "@/components/fill"
import { Icon } from "@/components/icon"
import { Day, Instant, Zone } from "@/components/instant"
import { KeyRound } from "@/components/lucide"
import { inDays } from "@/components/time-text"
import { ACTIVITY_KEPT_DAYS, activities } from "@/lib/accounts/activity"
import { tokenUses } from "@/lib/accounts/token-uses"
import { environment } from "@/lib/env"
import { requireSession } from "@/lib/sessions/current-session"
import { orErrorPage } from "@/lib/sessions/error-page"
import { activityIcon } from "./activity-icons"
import { activityInWords, page } from "./activity-words"
import { timelineOf } from "./timeline"
import { TokenUses } from "./token-uses"

export const metadata: Metadata = { title: page.title }

const PAGE_SIZE = 25

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function ActivityPage({ searchParams }: Props) {
  const { connection } = await requireSession("/activity")
  const before = z.coerce
    .number()
    .int()
    .positive()
    .safeParse((await searchParams).before).data
  const { account } = connection
  const { SESSION_IDLE_DAYS, SESSION_ABSOLUTE_DAYS } = environment()
  const limits = { idle: inDays(SESSION_IDLE_DAYS), absolute: inDays(SESSION_ABSOLUTE_DAYS) }
  const read = Promise.all([activities().list(account, PAGE_SIZE + 1, before), tokenUses().list(account)])
  const [entries, uses] = await orErrorPage("/activity", read)
  const shown = entries.slice(0, PAGE_SIZE)
  const next = entries[PAGE_SIZE]
  const items = timelineOf({ entries: shown, uses, isNewest: before === undefined, next })
  return (
    <div className="page">
      <LocalTimes />
      <h1>{page.title}</h1>
      <p className="aside">
        {page.lead(ACTIVITY_KEPT_DAYS)} {fill(page.zone, { zone: <Zone /> })}{" "}
        {fill(page.unknown, {
          link: (
            <Link href="/sessions" className="link">
              {page.sessions}
            </Link>
          ),
        })}
      </p>
      {items.length === 0 && <p className="aside">{page.nothing}</p>}
      <ol className="timeline">
        {items.map((item, place) => (
          <li key={"entry" in item ? item.entry.id : item.at.toISOString()}>
            <Day at={item.at} after={items[place - 1]?.at} />
            <div className="entry">
              <Icon of={"entry" in item ? activityIcon(item.entry.kind) : KeyRound} />
              {"entry" in item ? (
                <p>{activityInWords(item.entry, limits)}</p>
              ) : (
                <TokenUses uses={item.uses} />
              )}
              <Instant at={item.at} as="clock" />
            </div>
          </li>
        ))}
      </ol>
      <nav aria-label={page.pages} className="page-links">
        {before !== undefined && (
          <a href="/activity" className="button">
            {page.newest}
          </a>
        )}
        {next && (
          <a href={`/activity?before=${shown.at(-1)?.id}`} className="button">
            {page.older}
          </a>
        )}
      </nav>
    </div>
  )
}
