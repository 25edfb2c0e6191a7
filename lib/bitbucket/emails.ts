import { BitbucketError } from "auth-bitbucket/bitbucket/errors"
import { z } from "zod"
import type { ApiCredential } from "./api-client"
import { bitbucketEndpoints } from "./endpoints"
import { getList, type List } from "./page"

/** Of a hundred addresses each; views of the profile wait for all of them. */
const MOST_PAGES = 3

/** A person's address with Bitbucket's marks. */
export type Email = {
  /** As Bitbucket wrote it. Null for an entry that this app cannot read: there is an address, and which is unknown. */
  address: string | null
  isPrimary: boolean
  isConfirmed: boolean
}

/** An entry that this app cannot read. It is shown as such and never left out: else it would seem that there is none. */
export const unreadableEmail: Email = { address: null, isPrimary: false, isConfirmed: false }

/** RFC 5321 §4.5.3.1 allows 320 octets; a letter beyond ASCII has up to four. */
const LONGEST_ADDRESS = 320

const hidden = /[\p{Cc}\p{Bidi_Control}]/u
const quotedString = /"(?:[^"\\]|\\.)*"/gu

/**
 * Whether text can be an address: one `@` outside quotes (RFC 5321 §4.1.2) with something on each side, and no control
 * characters. Nothing more is asked, because Bitbucket has sent mail to it, and a stricter grammar knows less than that.
 */
export function isAddress(text: string): boolean {
  return (
    text.length <= LONGEST_ADDRESS &&
    !hidden.test(text) &&
    /^[^@]+@[^@]+$/u.test(text.replace(quotedString, "q"))
  )
}

/** An address in an answer; one that cannot be read is unreadable, and not absent. */
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

/**
 * Reads a person's addresses. That the scope `email` was not granted, and so there are none to see, is a
 * valid outcome.
 *
 * @returns null where the addresses may not be read
 * @throws BitbucketError for anything else that keeps them from being read
 */
export async function getEmails(credential: ApiCredential): Promise<Email[] | null> {
  try {
    return (await getEmailList(credential)).items
  } catch (error) {
    if (error instanceof BitbucketError && ["insufficient_scope", "forbidden"].includes(error.code))
      return null
    throw error
  }
}

/** As `getEmails`, and says whether all of them came. @throws BitbucketError where they may not be read as well */
export function getEmailList(credential: ApiCredential): Promise<List<Email>> {
  return getList(`${bitbucketEndpoints().userEmails}?pagelen=100`, credential, emailSchema, MOST_PAGES)
}

/** The address that counts as the person's: primary and confirmed, and the only one that is. */
export function confirmedPrimaryEmail(emails: readonly Email[] | null): string | null {
  const candidates = emails?.filter((email) => email.isPrimary && email.isConfirmed) ?? []
  return candidates.length === 1 ? (candidates[0]?.address ?? null) : null
}

/** Whether every address is known: only then does the lack of a confirmed one say something about the person. */
export function areAllReadable(emails: readonly Email[] | null): emails is readonly Email[] {
  return emails?.every(({ address }) => address !== null) ?? false
}
