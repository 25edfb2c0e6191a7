const date = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
})
const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" })
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" })

export const SERVER_ZONE = "UTC"

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Each unit with its length, and from when it is used: "in 80 minutes" says more than "in 1 hour". */
const units: readonly { unit: Intl.RelativeTimeFormatUnit; seconds: number; from: number }[] = [
  { unit: "year", seconds: 365 * DAY, from: 365 * DAY },
  { unit: "month", seconds: 30 * DAY, from: 60 * DAY },
  { unit: "day", seconds: DAY, from: DAY },
  { unit: "hour", seconds: HOUR, from: 110 * MINUTE },
  { unit: "minute", seconds: MINUTE, from: MINUTE },
]

/** "19 November 2026": the same on every server and in every browser. */
export function dateText(at: Date): string {
  return date.format(at)
}

/** "19 November 2026, 14:05 UTC" */
export function instantText(at: Date): string {
  return `${date.format(at)}, ${time.format(at)} ${SERVER_ZONE}`
}

/** "14:05" */
export function clockText(at: Date): string {
  return time.format(at)
}

/** "in 2 hours", "3 minutes ago", "yesterday"; within a minute "just now" or "in a moment". */
export function relativeText(at: Date, now: Date): string {
  const distance = (at.getTime() - now.getTime()) / 1000
  const fitting = units.find(({ from }) => Math.abs(distance) >= from)
  if (!fitting) return distance > 0 ? "in a moment" : "just now"
  const whole = fitting.unit === "hour" ? Math.round : Math.trunc
  return relative.format(whole(distance / fitting.seconds), fitting.unit)
}

/** A number of days, in words. */
export function inDays(count: number): string {
  if (count < 1) return `${Math.round(count * 24)} hours`
  if (count === 365) return "a year"
  return count === 1 ? "a day" : `${count} days`
}
