import { z } from "zod"

/**
 * Reads a UUID of Bitbucket's, which it writes in braces and accepts in other forms.
 *
 * @returns the one form in which this app compares and keeps it, `{lower case}`, or null if it is not a UUID
 */
export function parseUuid(text: string): string | null {
  const bare = /^\{.*\}$/.test(text) ? text.slice(1, -1) : text
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(bare) ? `{${bare.toLowerCase()}}` : null
}

/** A UUID in an answer of Bitbucket's, in the form of `parseUuid`. */
export const uuid = z.string().transform((value, context) => {
  const parsed = parseUuid(value)
  if (parsed !== null) return parsed
  context.addIssue({ code: "custom", message: "must be a UUID" })
  return z.NEVER
})
