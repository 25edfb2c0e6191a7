import { isDeepStrictEqual } from "node:util"
import { BitbucketError } from "auth-bitbucket/bitbucket/errors"
import { environment } from "@/lib/env"
import { type Account, getAccount } from "./account"
import type { ApiCredential } from "./api-client"
import { getDataCenterProfile } from "./data-center"
import { type Email, getEmails } from "./emails"

/** What a person's pages show: the account, and its addresses or null where they may not be read. */
export type Profile = { account: Account; emails: Email[] | null }

/** Whether two readings say the same, in whatever order: Postgres sorts what it keeps. */
export function isSameProfile(one: Profile, other: Profile): boolean {
  return isDeepStrictEqual(one, other)
}

/** Reads both parts of a profile at the same time. @throws BitbucketError */
export async function getProfile(credential: ApiCredential): Promise<Profile> {
  if (isDataCenter()) return getDataCenterProfile(credential)
  const [account, emails] = await Promise.all([getAccount(credential), getEmails(credential)])
  return { account, emails }
}

/**
 * Reads a profile to sign somebody in with: no account, no sign-in; but addresses that cannot be read at this
 * moment prevent nothing and read as null. @throws BitbucketError
 */
export async function getProfileAtSignIn(credential: ApiCredential): Promise<Profile> {
  if (isDataCenter()) return getDataCenterProfile(credential)
  const emailsOrNull = getEmails(credential).catch((error: unknown) => {
    if (error instanceof BitbucketError) return null
    throw error
  })
  const [account, emails] = await Promise.all([getAccount(credential), emailsOrNull])
  return { account, emails }
}

function isDataCenter(): boolean {
  return environment().BITBUCKET_KIND === "datacenter"
}
