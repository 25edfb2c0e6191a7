import { type Account, getAccount } from "./account"
import { type Email, getEmails } from "./emails"
import { BitbucketError } from "./errors"

/** What a person's pages show: the account, and its addresses or null where they may not be read. */
export type Profile = { account: Account; emails: Email[] | null }

/** Reads both parts of a profile at the same time. @throws BitbucketError */
export async function getProfile(accessToken: string): Promise<Profile> {
  const [account, emails] = await Promise.all([getAccount(accessToken), getEmails(accessToken)])
  return { account, emails }
}

/**
 * Reads a profile to sign somebody in with: no account, no sign-in; but addresses that cannot be read at this
 * moment prevent nothing and read as null. @throws BitbucketError
 */
export async function getProfileAtSignIn(accessToken: string): Promise<Profile> {
  const emailsOrNull = getEmails(accessToken).catch((error: unknown) => {
    if (error instanceof BitbucketError) return null
    throw error
  })
  const [account, emails] = await Promise.all([getAccount(accessToken), emailsOrNull])
  return { account, emails }
}
