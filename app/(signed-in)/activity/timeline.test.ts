import { expect, test } from "vitest"
import type { ActivityEntry } from "@/lib/accounts/activity"
import { timelineOf } from "./timeline"

const at = (day: number, hour: number) => new Date(Date.UTC(2026, 10, day, hour))
const entry = (id: number, when: Date): ActivityEntry => ({ id, at: when, kind: "renewed", detail: null })
const use = (day: number, hour: number, purpose = "page:profile") => ({
  day: at(day, 0),
  purpose,
  count: 1,
  lastAt: at(day, hour),
})

const described = (items: ReturnType<typeof timelineOf>) =>
  items.map((item) => ("uses" in item ? item.uses.map(({ purpose }) => purpose).join("+") : item.entry.id))

test("the uses of a day are listed among the events, at the time of the last use", () => {
  const items = timelineOf({
    entries: [entry(2, at(3, 20)), entry(1, at(1, 9))],
    uses: [use(3, 22), use(3, 8, "page:workspaces"), use(2, 5)],
    isNewest: true,
    next: undefined,
  })
  expect(described(items)).toEqual(["page:profile+page:workspaces", 2, "page:profile", 1])
})

test("without any entry the uses are shown all the same", () => {
  expect(timelineOf({ entries: [], uses: [use(3, 8)], isNewest: true, next: undefined })).toHaveLength(1)
})

test("page by page each day of uses is shown once", () => {
  const entries = [9, 7, 5, 3].map((day) => entry(day, at(day, 12)))
  const uses = [10, 9, 8, 7, 6, 5, 4, 3, 2].map((day) => use(day, 12))
  const parts = [
    timelineOf({ entries: entries.slice(0, 2), uses, isNewest: true, next: entries[2] }),
    timelineOf({ entries: entries.slice(2), uses, isNewest: false, next: undefined }),
  ]
  const days = parts.flat().flatMap((item) => ("uses" in item ? item.uses : []))
  expect(days.map(({ day }) => day.getUTCDate())).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2])
})
