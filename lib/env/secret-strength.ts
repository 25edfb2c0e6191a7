/** Placeholders for a secret in documentation, templates and panels. */
const placeholder =
  /change.?(me|this|it)|replace.?(me|this|with)|your.?(own.?)?(auth.?)?secret|place.?holder|super.?secret|openssl.?rand/i

/** Rows of keys that people run a finger along, and the alphabet and the digits. */
const keyboardRows = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgb"]

/** Shorter ones appear by chance. */
const SHORTEST_RUN = 3

/** Random secrets stay above this even in hexadecimal; a word repeated twice is already at half. */
const SMALLEST_SHARE = 0.6

/**
 * Why a secret could be guessed, however long it is. It recognizes common mistakes, and does not measure
 * randomness.
 *
 * @returns the end of a sentence about the secret, without any part of it; null if there is nothing wrong with it
 */
export function weaknessOf(secret: string): string | null {
  if (isPlaceholder(secret)) return "is a placeholder, not a secret"
  const fewest = secret.length * SMALLEST_SHARE
  if (readings(secret.toLowerCase()).some((text) => countSurprises(text) < fewest))
    return "repeats itself or runs in sequence"
  return null
}

/** Whether a secret is an example's. */
export function isPlaceholder(secret: string): boolean {
  return placeholder.test(secret)
}

/** The secret itself, and every second and third character of it: "a1b2c3" is two sequences, "aabbcc" one. */
function readings(text: string): string[] {
  return [1, 2, 3].map((stride) =>
    Array.from({ length: stride }, (_, start) =>
      [...text].filter((_, at) => at % stride === start).join(""),
    ).join(""),
  )
}

/** How many characters do not merely continue a repetition, a sequence or a row of the keyboard. */
function countSurprises(text: string): number {
  let surprises = 0
  for (let at = 0; at < text.length; surprises++) {
    const run = Math.max(repetitionAt(text, at), sequenceAt(text, at), keyboardRunAt(text, at))
    at += run >= SHORTEST_RUN ? run : 1
  }
  return surprises
}

/** The length of the longest piece from here on that has occurred before, forwards or backwards. */
function repetitionAt(text: string, at: number): number {
  const before = text.slice(0, at)
  const backwards = [...before].reverse().join("")
  let length = 0
  while (at + length < text.length) {
    const piece = text.slice(at, at + length + 1)
    // A repetition may overlap itself, as in "aaaa" and "ababab".
    const isRepeated = text.slice(0, at + length).includes(piece)
    if (!isRepeated && !backwards.includes(piece)) break
    length++
  }
  return length
}

/** The length of the run whose characters are all the same, or each the next or the previous one. */
function sequenceAt(text: string, at: number): number {
  const step = text.charCodeAt(at + 1) - text.charCodeAt(at)
  if (!(Math.abs(step) <= 1)) return 1
  let end = at + 1
  while (text.charCodeAt(end) - text.charCodeAt(end - 1) === step) end++
  return end - at
}

function keyboardRunAt(text: string, at: number): number {
  let length = 0
  const isInARow = (piece: string) =>
    keyboardRows.some((row) => row.includes(piece) || [...row].reverse().join("").includes(piece))
  while (at + length < text.length && isInARow(text.slice(at, at + length + 1))) length++
  return length
}
