/** What documentation, templates and panels write where a secret belongs. */
const placeholder =
  /change.?(me|this|it)|replace.?(me|this|with)|your.?(own.?)?(auth.?)?secret|place.?holder|super.?secret|openssl.?rand/i

/** What chance gives 32 characters of, in hexadecimal too, is never so few. */
const FEWEST_DIFFERENT_CHARACTERS = 6

/**
 * What makes a secret one that could be guessed, however long it is: the mistakes that are made, not a measure of
 * how random it is.
 *
 * @returns the end of a sentence about the secret, without any of it; null where nothing speaks against it
 */
export function weaknessOf(secret: string): string | null {
  if (placeholder.test(secret)) return "is a placeholder, not a secret"
  if (new Set(secret).size < FEWEST_DIFFERENT_CHARACTERS) return "has too few different characters"
  return null
}
