import { label, link, moment, personText } from "auth-bitbucket/bitbucket/text"
import { uuid } from "auth-bitbucket/bitbucket/uuid"
import { z } from "zod"
import { type ApiCredential, getResource } from "./api-client"
import { acceptAvatarUrl } from "./avatar"
import { bitbucketEndpoints } from "./endpoints"

/**
 * The person of `GET /2.0/user`. Only `uuid` is demanded, since it is the identity: a 200 without it names
 * nobody. Everything else is shown where it is there.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-users/#api-user-get
 */
export const accountSchema = z
  .object({
    uuid,
    type: z.string().max(64).optional().catch(undefined),
    account_id: label,
    display_name: personText,
    nickname: personText,
    username: personText,
    location: personText,
    account_status: label,
    created_on: moment,
    links: z.object({ avatar: link, html: link }).optional().catch(undefined),
  })
  .transform((user) => ({
    /** The account's identity: see `identity.ts`. */
    uuid: user.uuid,
    accountId: user.account_id,
    displayName: user.display_name,
    nickname: user.nickname,
    username: user.username,
    location: user.location,
    accountStatus: user.account_status,
    /** ISO 8601, or null. */
    createdOn: user.created_on,
    avatarUrl: acceptAvatarUrl(user.links?.avatar?.href),
  }))

export type Account = z.infer<typeof accountSchema>

/** Reads the person whose credential this is. @throws BitbucketError */
export function getAccount(credential: ApiCredential): Promise<Account> {
  return getResource(bitbucketEndpoints().user, credential, accountSchema)
}
