const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `"2h"`, `"90d"`, `"1h30m"` or `"-5m"`. */
export const durationPattern = /^-?(\d+(ms|s|m|h|d))+$/

/** Converts such a text to milliseconds. */
export function parseDuration(text: string): number {
  let total = 0
  for (const [, amount, unit = ""] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNIT_MS[unit] ?? 0)
  }
  return text.startsWith("-") ? -total : total
}
