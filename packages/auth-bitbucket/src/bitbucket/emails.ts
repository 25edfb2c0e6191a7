import { z } from "zod"
import type { Api, CallOptions } from "./api.ts"
import { type BitbucketList, createList } from "./list.ts"

/** Of a hundred addresses each. The person signing in waits for all of them. */
const MOST_PAGES = 3

/** A user's address, and whether it is primary and confirmed. */
export type Email = {
  /** As Bitbucket wrote it. Null for an entry that could not be read: there is an address, but we do not know which. */
  address: string | null
  isPrimary: boolean
  isConfirmed: boolean
}

/** An entry that could not be read. Listing it shows that it exists: without it, there would seem to be none. */
export const unreadableEmail: Email = { address: null, isPrimary: false, isConfirmed: false }

/** RFC 5321 §4.5.3.1 allows 320 octets; a letter beyond ASCII has up to four. */
const LONGEST_ADDRESS = 320

const hidden = /[\p{Cc}\p{Bidi_Control}]/u
const quotedString = /"(?:[^"\\]|\\.)*"/gu

/**
 * Whether text can be an address: one `@` outside quotes (RFC 5321 §4.1.2) with something on each side, and no control
 * characters. It is not stricter, because Bitbucket has sent mail to the address, which proves more than a grammar does.
 */
export function isAddress(text: string): boolean {
  return (
    text.length <= LONGEST_ADDRESS &&
    !hidden.test(text) &&
    /^[^@]+@[^@]+$/u.test(text.replace(quotedString, "q"))
  )
}

/** An address in a response. If it cannot be read, it is `unreadableEmail` and not absent. */
export const emailAddress = z.string().refine(isAddress)

const emailSchema = z
  .object({ email: emailAddress, is_primary: z.boolean(), is_confirmed: z.boolean() })
  .transform(
    (entry): Email => ({
      address: entry.email,
      isPrimary: entry.is_primary,
      isConfirmed: entry.is_confirmed,
    }),
  )
  .catch(unreadableEmail)

/** Lists a person's addresses. Needs the scope `email`. An entry that cannot be read is listed as such. */
export function listEmails(api: Api, options?: CallOptions): BitbucketList<Email> {
  return createList(api, {
    url: `${api.urls.api}/2.0/user/emails?pagelen=100`,
    itemSchema: emailSchema,
    idOf: ({ address }) => address,
    mostPages: MOST_PAGES,
    ...options,
  })
}

/** The address that counts as the person's: primary and confirmed, and the only one that is. */
export function confirmedPrimaryEmail(emails: readonly Email[] | null): string | null {
  const candidates = emails?.filter((email) => email.isPrimary && email.isConfirmed) ?? []
  return candidates.length === 1 ? (candidates[0]?.address ?? null) : null
}

/** Whether every address is known. Only then does the lack of a confirmed one mean that the user has none. */
export function areAllReadable(emails: readonly Email[] | null): emails is readonly Email[] {
  return emails?.every(({ address }) => address !== null) ?? false
}
