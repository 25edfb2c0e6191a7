import type { ActivityEntry } from "@/lib/accounts/activity"
import type { TokenUse } from "@/lib/accounts/token-uses"

/** One line of the page: something that happened, or what the token was used for on a day, at the time of the last use. */
export type TimelineItem = { at: Date; entry: ActivityEntry } | { at: Date; uses: TokenUse[] }

type Part = {
  /** Newest first. */
  entries: ActivityEntry[]
  uses: TokenUse[]
  isNewest: boolean
  /** The newest entry of the next part; undefined where this part is the last. */
  next: ActivityEntry | undefined
}

/** Puts the days of uses between the entries, each into one part of the list. */
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
