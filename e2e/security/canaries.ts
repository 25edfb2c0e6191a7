/** A value that must not leak, with a name that may be printed. */
export type Canary = { name: string; value: string }

/** A piece this long is already a leak; shorter pieces turn up by chance. */
const SHORTEST_PIECE = 24

/**
 * The names of the secrets that a text reveals: as they are, in part, reversed, in hexadecimal, in base64 at
 * any offset, percent-encoded, or with their characters escaped as JSON, HTML and JavaScript would.
 */
export function leaksIn(text: string, canaries: readonly Canary[]): string[] {
  const readings = [text, unescaped(text)]
  return canaries
    .filter(({ value }) => formsOf(value).some((form) => readings.some((reading) => reading.includes(form))))
    .map(({ name }) => name)
}

function formsOf(secret: string): string[] {
  const pieces = [secret.slice(0, SHORTEST_PIECE), secret.slice(-SHORTEST_PIECE)]
  return pieces.flatMap((piece) => [
    piece,
    [...piece].reverse().join(""),
    Buffer.from(piece).toString("hex"),
    ...base64Forms(piece),
    encodeURIComponent(piece),
    encodeURIComponent(encodeURIComponent(piece)),
  ])
}

/** Base64 of a text inside a longer one: three alignments, without the characters at its edges. */
function base64Forms(piece: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.from(" ".repeat(offset) + piece).toString("base64")
    const inner = whole.slice(offset === 0 ? 0 : 4, whole.length - 4)
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")]
  })
}

function unescaped(text: string): string {
  const ofCode = (_: string, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16) || 0)
  return text
    .replace(/\\u([0-9a-f]{4})/gi, ofCode)
    .replace(/\\x([0-9a-f]{2})/gi, ofCode)
    .replace(/&#x([0-9a-f]{1,5});/gi, ofCode)
    .replace(/&#(\d{1,6});/g, (_, digits: string) => String.fromCodePoint(Number(digits)))
    .replace(/%([0-9a-f]{2})/gi, ofCode)
    .replace(/\\+(["/])/g, "$1")
}
