/** The shortest wait, whatever a header says: with zero, a client would ask in a tight loop. */
const SHORTEST_RETRY_SECONDS = 1
/** The longest wait: a client asks again after this, however much longer the header says. */
const LONGEST_RETRY_SECONDS = 15 * 60

/**
 * Reads a Retry-After header, RFC 9110 §10.2.3: whole seconds, or one of the three forms of an HTTP date (§5.6.7).
 *
 * @param value the header, or null if there was none
 * @param now the moment that a date is measured from
 * @returns seconds to wait, from 1 to 900; null if the header says nothing usable
 */
export function parseRetryAfterSeconds(value: string | null | undefined, now = new Date()): number | null {
  const text = value?.trim() ?? ""
  const seconds = /^\d+$/.test(text) ? Number(text) : (parseHttpDate(text) - now.getTime()) / 1000
  if (Number.isNaN(seconds)) return null
  return Math.min(Math.max(Math.ceil(seconds), SHORTEST_RETRY_SECONDS), LONGEST_RETRY_SECONDS)
}

/** `Date.parse` alone finds a date in nearly anything: it reads "-5" as May. */
function parseHttpDate(text: string): number {
  if (!/^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d\d:\d\d:\d\d/i.test(text)) return Number.NaN
  return Date.parse(text.endsWith("GMT") ? text : `${text} GMT`)
}
