import { isDeepStrictEqual } from "node:util"
import { type AccountWithEmails, readAccountWithEmails } from "auth-bitbucket/client"
import { z } from "zod"
import { environment } from "@/lib/env"
import { type ApiCredential, clientWith } from "./client"
import { getDataCenterProfile } from "./data-center"

/** What a user's pages show: the account, and its email addresses, or null if the app may not read them. */
export type Profile = AccountWithEmails

/** A row of an earlier version may lack fields that it did not read. */
const textOrNull = z.string().nullable().default(null)

/** A profile as the database stores it, and as Auth.js returns it. */
export const profileSchema: z.ZodType<Profile> = z.object({
  account: z.object({
    uuid: z.string(),
    accountId: textOrNull,
    displayName: textOrNull,
    nickname: textOrNull,
    username: textOrNull,
    location: textOrNull,
    accountStatus: textOrNull,
    createdOn: textOrNull,
    avatarUrl: textOrNull,
  }),
  emails: z
    .array(z.object({ address: z.string().nullable(), isPrimary: z.boolean(), isConfirmed: z.boolean() }))
    .nullable()
    .default(null),
})

/** Whether two profiles are the same, in any order: Postgres sorts the keys of what it stores. */
export function isSameProfile(one: Profile, other: Profile): boolean {
  return isDeepStrictEqual(one, other)
}

/** Reads both parts of a profile at the same time. @throws BitbucketError */
export function getProfile(credential: ApiCredential): Promise<Profile> {
  return read(credential, true)
}

/**
 * Reads a profile at sign-in. Without an account there is no sign-in, but email addresses that cannot be read now
 * are null and do not prevent it. The legacy sign-in, which a build may leave out, calls it. @public @throws BitbucketError
 */
export function getProfileAtSignIn(credential: ApiCredential): Promise<Profile> {
  return read(credential, false)
}

function read(credential: ApiCredential, requireEmails: boolean): Promise<Profile> {
  const client = clientWith(credential)
  return environment().BITBUCKET_KIND === "datacenter"
    ? getDataCenterProfile(client)
    : readAccountWithEmails(client, { requireEmails })
}
