import { z } from "zod"

/** Text that a person typed: any characters, without control characters and direction overrides, 256 at most. */
export const personText = z
  .string()
  .transform((value) =>
    value
      .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, " ")
      .trim()
      .slice(0, 256),
  )
  // A name of nothing but invisible characters is none.
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

/** ISO 8601, or null for what is no moment. */
export const moment = label.transform((value) => (value && !Number.isNaN(Date.parse(value)) ? value : null))

export const link = z.object({ href: z.string() }).optional().catch(undefined)
