import {
  type Account,
  type AccountWithEmails,
  type BitbucketClient,
  BitbucketError,
  isAddress,
  parseReceivedJson,
  personText,
  unreadableEmail,
} from "auth-bitbucket/client"
import { z } from "zod"
import { environment } from "@/lib/env"
import { dataCenterIdentity } from "./identity"

/** `id` stays when a person is renamed; name and slug do not. */
const userSchema = z
  .object({
    id: z.int().nonnegative(),
    slug: z.string().min(1).max(256),
    displayName: personText,
    emailAddress: z.string().refine(isAddress).nullish().catch(""),
    active: z.boolean().optional(),
  })
  .transform(({ id, slug, displayName, emailAddress: address, active }) => ({
    account: {
      uuid: dataCenterIdentity(environment().BITBUCKET_SITE_URL, id),
      accountId: String(id),
      displayName,
      nickname: null,
      username: slug,
      location: null,
      accountStatus: active === false ? "inactive" : "active",
      createdOn: null,
      avatarUrl: null,
    } satisfies Account,
    emails: emailsOf(address),
  }))

/** The address comes from the directory, where users may enter their own. Nothing says whether it was ever confirmed. */
function emailsOf(address: string | null | undefined): AccountWithEmails["emails"] {
  if (address === null || address === undefined) return []
  return address === "" ? [unreadableEmail] : [{ address, isPrimary: true, isConfirmed: false }]
}

/** A page of Data Center's, REST reference, "Paged APIs". */
const pageSchema = z.object({
  values: z.array(z.unknown()),
  isLastPage: z.boolean(),
  nextPageStart: z.int().positive().nullish(),
})

const PAGE_LENGTH = 100
/** If a name is part of more names and addresses than this, we give up. */
const MOST_PAGES = 20
const LONGEST_NAME = 256

/**
 * Reads the calling user of Bitbucket Data Center, which has no endpoint for the current user. The server names the caller; we
 * look that name up among its users, and accept only the one user who has exactly this name.
 *
 * Looking up a slug would be easier. But the server derives it from the name by its own rules, and two names may differ
 * only there, so a guessed slug may be another user's (jenkinsci/blueocean-plugin, pull request 2030).
 *
 * @throws BitbucketError `unauthorized` if the server says that the caller is anonymous, `unexpected_answer` if it does not list
 *   the named user exactly once
 */
export async function getDataCenterProfile(client: BitbucketClient): Promise<AccountWithEmails> {
  const caller = await getCaller(client)
  const [found, ...others] = await findUsersNamed(caller.name, client)
  const user = userSchema.safeParse(found)
  const isVerified = others.length === 0 && (caller.id === null || caller.id === user.data?.account.accountId)
  if (!user.success || !isVerified)
    throw new BitbucketError("unexpected_answer", { status: 200, cause: user.error })
  return user.data
}

/** `filter` finds everything that contains the text, in names, display names and addresses, so we compare the names ourselves. */
async function findUsersNamed(name: string, client: BitbucketClient): Promise<unknown[]> {
  const named = z.object({ name: z.literal(name) })
  const query = new URLSearchParams({ filter: name, limit: String(PAGE_LENGTH) })
  const found: unknown[] = []
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const response = await client.request("GET", `/rest/api/latest/users?${query}`)
    const page = pageSchema.safeParse(await receivedJson(response))
    if (!page.success) throw new BitbucketError("unexpected_answer", { status: 200, cause: page.error })
    const { values, isLastPage, nextPageStart } = page.data
    found.push(...values.filter((user) => named.safeParse(user).success))
    if (isLastPage) return found
    if (!nextPageStart) break
    query.set("start", String(nextPageStart))
  }
  throw new BitbucketError("unexpected_answer", { status: 200 })
}

/** @returns undefined for anything but JSON */
async function receivedJson(response: Response): Promise<unknown> {
  try {
    return parseReceivedJson(await response.text())
  } catch {
    return undefined
  }
}

/**
 * Every response names its caller in `X-AUSERNAME`, and newer servers also in `X-AUSERID`. If a server admits anonymous visitors,
 * an expired token makes the caller anonymous instead of being refused (sourcebot-dev/sourcebot, pull request 998): the name is
 * then missing or `anonymous`, which counts as a refusal.
 */
async function getCaller(client: BitbucketClient): Promise<{ name: string; id: string | null }> {
  const response = await client.request("GET", "/plugins/servlet/applinks/whoami")
  const header = response.headers.get("x-ausername")
  const name = header ? decoded(header) : (await response.text()).trim()
  if (name === "" || name === "anonymous")
    throw new BitbucketError("unauthorized", { status: response.status })
  if (name === null || name.length > LONGEST_NAME || /[\p{Cc}<]/u.test(name))
    throw new BitbucketError("unexpected_answer", { status: 200 })
  return { name, id: response.headers.get("x-auserid") }
}

/** @returns null if it is not percent-encoded (RFC 3986 §2.1) */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
