/** However long a server asks us to stay away, we look again after this. */
const LONGEST_SECONDS = 15 * 60

/**
 * Reads a Retry-After header, RFC 9110 §10.2.3: seconds, or an HTTP date.
 *
 * @param value the header, or null where there was none
 * @param now the moment that a date is measured from
 * @returns seconds to wait, at most 15 minutes; null where the header says nothing usable
 */
export function parseRetryAfterSeconds(value: string | null, now = new Date()): number | null {
  const text = value?.trim() ?? ""
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1000
  if (Number.isNaN(seconds)) return null
  return Math.min(Math.max(Math.ceil(seconds), 0), LONGEST_SECONDS)
}
