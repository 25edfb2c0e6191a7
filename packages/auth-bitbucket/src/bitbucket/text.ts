import { z } from "zod"
import { cutText } from "../oauth/received-text.ts"

/** Text that a person typed: any characters but control characters and direction overrides, 256 at most. */
export const personText = z
  .string()
  .transform((value) => cutText(value.replace(/[\p{Cc}\p{Bidi_Control}]/gu, " ").trim(), 256))
  // A name of only invisible characters does not count.
  .transform((value) => (/[^\p{Cf}\p{Z}]/u.test(value) ? value : null))
  .nullish()
  .catch(null)
  .transform((value) => value ?? null)

/** An optional label: absent, null and malformed all read as null. */
export const label = z
  .string()
  .min(1)
  .max(256)
  .nullish()
  .catch(null)
  .transform((value) => value ?? null)

/** ISO 8601, or null if it is not a date and time. */
export const moment = label.transform((value) => (value && !Number.isNaN(Date.parse(value)) ? value : null))

export const link = z.object({ href: z.string() }).optional().catch(undefined)
