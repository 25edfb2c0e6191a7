/**
 * Makes received text fit for Postgres and for a page: replaces unpaired surrogates (half a character)
 * and NUL with U+FFFD, as the HTML standard does with NUL. Removing them could turn it into a different valid text.
 */
export function wellFormed(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd")
}

/** Parses received JSON, and makes every text in it well-formed. @throws SyntaxError */
export function parseReceivedJson(json: string): unknown {
  return JSON.parse(json, (_, value) => (typeof value === "string" ? wellFormed(value) : value))
}

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" })

/**
 * Cuts text to a length without splitting a user-perceived character (Unicode UAX #29), unless that character
 * alone is longer.
 *
 * @param most code points
 */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text
  const codePoints = [...text.slice(0, 2 * (most + 1))]
  if (codePoints.length <= most) return text
  const head = codePoints.slice(0, most).join("")
  // With one code point more, the last character begins either at the cut or before it.
  const last = [...characters.segment(codePoints.slice(0, most + 1).join(""))].at(-1)
  return head.slice(0, last?.index) || head
}
