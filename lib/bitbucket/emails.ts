import { z } from "zod"
import type { ApiCredential } from "./api-client"
import { bitbucketEndpoints } from "./endpoints"
import { BitbucketError } from "./errors"
import { getAllPages } from "./page"

/** An entry that is not an address with both marks is left out. */
const emailSchema = z
  .object({ email: z.email().max(320), is_primary: z.boolean(), is_confirmed: z.boolean() })
  .transform((entry) => ({
    address: entry.email,
    isPrimary: entry.is_primary,
    isConfirmed: entry.is_confirmed,
  }))

export type Email = z.infer<typeof emailSchema>

/**
 * Reads a person's addresses. That the scope `email` was not granted, and so there are none to see, is a
 * valid outcome.
 *
 * @returns null where the addresses may not be read
 * @throws BitbucketError for anything else that keeps them from being read
 */
export async function getEmails(credential: ApiCredential): Promise<Email[] | null> {
  try {
    return await getAllPages(bitbucketEndpoints().userEmails, credential, emailSchema)
  } catch (error) {
    if (error instanceof BitbucketError && ["insufficient_scope", "forbidden"].includes(error.code))
      return null
    throw error
  }
}

/** The address that counts as the person's: primary and confirmed, and the only one that is. */
export function confirmedPrimaryEmail(emails: readonly Email[] | null): string | null {
  const candidates = emails?.filter((email) => email.isPrimary && email.isConfirmed) ?? []
  return candidates.length === 1 ? (candidates[0]?.address ?? null) : null
}
