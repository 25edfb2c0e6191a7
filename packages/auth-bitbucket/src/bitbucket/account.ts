import { z } from "zod"
import type { Api, CallOptions } from "./api.ts"
import { acceptAvatarUrl } from "./avatar.ts"
import type { Email } from "./emails.ts"
import { BitbucketError } from "./errors.ts"
import { readAll } from "./list.ts"
import { label, link, moment, personText } from "./text.ts"
import type { BitbucketUrls } from "./urls.ts"
import { uuid } from "./uuid.ts"

/** A person's account. Everything but the identity may be missing. */
export type Account = {
  /** The identity, in braces and lower case. It never changes; names and nicknames change and are not unique. */
  uuid: string
  /** The Atlassian account id. */
  accountId: string | null
  displayName: string | null
  nickname: string | null
  username: string | null
  location: string | null
  /** `active`, or another word that Bitbucket may add. */
  accountStatus: string | null
  /** ISO 8601. */
  createdOn: string | null
  /** On a host of Bitbucket's: see `avatarHosts`. */
  avatarUrl: string | null
}

/** Made once, since zod compiles each schema at its first use. */
const userSchema = z.object({
  uuid,
  account_id: label,
  display_name: personText,
  nickname: personText,
  username: personText,
  location: personText,
  account_status: label,
  created_on: moment,
  links: z.object({ avatar: link }).optional().catch(undefined),
})

/**
 * The answer of `GET /2.0/user`. Only `uuid` is required, since it is the identity: a 200 without it identifies
 * no one. All other fields are optional.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-users/#api-user-get
 */
export function accountSchema(urls: Pick<BitbucketUrls, "site" | "api">) {
  return userSchema.transform(
    (user): Account => ({
      uuid: user.uuid,
      accountId: user.account_id,
      displayName: user.display_name,
      nickname: user.nickname,
      username: user.username,
      location: user.location,
      accountStatus: user.account_status,
      createdOn: user.created_on,
      avatarUrl: acceptAvatarUrl(user.links?.avatar?.href, urls),
    }),
  )
}

/** Reads the person whose token this is. @throws BitbucketError */
export function readAccount(api: Api, options?: CallOptions): Promise<Account> {
  return api.read(api.urls.user, accountSchema(api.urls), options)
}

/** An account, and its addresses; null if they may not be read, since the scope `email` was not granted. */
export type AccountWithEmails = { account: Account; emails: Email[] | null }

/** The part of a client that is needed here. */
type Reader = {
  user: () => Promise<Account>
  emails: () => AsyncIterable<Email>
}

/**
 * Reads an account and its addresses at the same time.
 *
 * @param requireEmails whether to fail if the addresses cannot be read now. Otherwise they
 *   are null during an outage of that one endpoint. If the scope was not granted, that is never a failure
 * @throws BitbucketError
 */
export async function readAccountWithEmails(
  client: Reader,
  { requireEmails }: { requireEmails: boolean },
): Promise<AccountWithEmails> {
  const [account, emails] = await Promise.all([client.user(), readEmails(client, requireEmails)])
  return { account, emails }
}

async function readEmails(client: Reader, isRequired: boolean): Promise<Email[] | null> {
  try {
    return (await readAll(client.emails())).items
  } catch (error) {
    if (!(error instanceof BitbucketError)) throw error
    if (!isRequired || error.code === "insufficient_scope" || error.code === "forbidden") return null
    throw error
  }
}
