import { isDeepStrictEqual } from "node:util"
import { type AccountWithEmails, readAccountWithEmails } from "auth-bitbucket/client"
import { z } from "zod"
import { environment } from "@/lib/env"
import { type ApiCredential, clientWith } from "./bitbucket"
import { getDataCenterProfile } from "./data-center"

/** What a person's pages show: the account, and its addresses or null if they may not be read. */
export type Profile = AccountWithEmails

/** A row of an earlier version may lack what that one did not read. */
const textOrNull = z.string().nullable().default(null)

const profileSchema: z.ZodType<Profile> = z.object({
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

/** Reads a profile as the database or Auth.js gives it. @throws ZodError */
export function parseProfile(value: unknown): Profile {
  return profileSchema.parse(value)
}

/** Whether two readings say the same, in whatever order: Postgres sorts what it keeps. */
export function isSameProfile(one: Profile, other: Profile): boolean {
  return isDeepStrictEqual(one, other)
}

/** Reads both parts of a profile at the same time. @throws BitbucketError */
export function getProfile(credential: ApiCredential): Promise<Profile> {
  return read(credential, true)
}

/**
 * Reads a profile at a sign-in: without an account there is no sign-in, but addresses that cannot be read at this moment
 * prevent nothing and read as null. The legacy sign-in, which a build may leave out, calls it. @public @throws BitbucketError
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
