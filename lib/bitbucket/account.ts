import { z } from "zod"
import { getResource } from "./api-client"
import { acceptAvatarUrl } from "./avatar"
import { bitbucketEndpoints } from "./endpoints"

/** Text that a person typed: any characters, without control characters and direction overrides, 256 at most. */
const personText = z
  .string()
  .transform((value) =>
    value
      .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, " ")
      .trim()
      .slice(0, 256),
  )
  .transform((value) => value || null)
  .nullish()
  .catch(null)
  .transform((value) => value ?? null)

const link = z.object({ href: z.string() }).optional().catch(undefined)

/** An optional label: absent, null and malformed all read as null. */
const label = z
  .string()
  .min(1)
  .max(256)
  .nullish()
  .catch(null)
  .transform((value) => value ?? null)

/**
 * The person of `GET /2.0/user`. Only `uuid` is demanded, since it is the identity: a 200 without it names
 * nobody. Everything else is shown where it is there.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-users/#api-user-get
 */
export const accountSchema = z
  .object({
    uuid: z.string().regex(/^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/i),
    type: z.string().max(64).optional().catch(undefined),
    account_id: label,
    display_name: personText,
    nickname: personText,
    username: personText,
    location: personText,
    account_status: label,
    created_on: z.string().max(64).nullish().catch(null),
    links: z.object({ avatar: link, html: link }).optional().catch(undefined),
  })
  .transform((user) => ({
    uuid: user.uuid.toLowerCase(),
    accountId: user.account_id,
    displayName: user.display_name,
    nickname: user.nickname,
    username: user.username,
    location: user.location,
    accountStatus: user.account_status,
    /** ISO 8601, or null. */
    createdOn: user.created_on && !Number.isNaN(Date.parse(user.created_on)) ? user.created_on : null,
    avatarUrl: acceptAvatarUrl(user.links?.avatar?.href),
  }))

export type Account = z.infer<typeof accountSchema>

/** Reads the person whose access token this is. @throws BitbucketError */
export function getAccount(accessToken: string): Promise<Account> {
  return getResource(bitbucketEndpoints().user, accessToken, accountSchema)
}
