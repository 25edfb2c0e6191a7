import type { ActivityEntry } from "@/lib/accounts/activity"
import type { TokenUse } from "@/lib/accounts/token-uses"

/** One line of the page: an event, or all uses of the token on one day, at the time of the last. */
export type TimelineItem = { at: Date; entry: ActivityEntry } | { at: Date; uses: TokenUse[] }

type Part = {
  /** Newest first. */
  entries: ActivityEntry[]
  uses: TokenUse[]
  isNewest: boolean
  /** The first entry of the next page; undefined on the last page. */
  next: ActivityEntry | undefined
}

/** Merges the days of token uses into the entries. Each day is on exactly one page. */
export function timelineOf({ entries, uses, isNewest, next }: Part): TimelineItem[] {
  const days = new Map<number, TokenUse[]>()
  for (const use of uses) days.set(use.day.getTime(), [...(days.get(use.day.getTime()) ?? []), use])
  const [newest] = entries
  const items: TimelineItem[] = entries.map((entry) => ({ at: entry.at, entry }))
  for (const ofDay of days.values()) {
    const at = new Date(Math.max(...ofDay.map(({ lastAt }) => lastAt.getTime())))
    const isLaterPart = next !== undefined && at <= next.at
    const isEarlierPart = !isNewest && newest !== undefined && at > newest.at
    if (!isLaterPart && !isEarlierPart) items.push({ at, uses: ofDay })
  }
  return items.sort((one, other) => other.at.getTime() - one.at.getTime())
}
