import "server-only"
import { BitbucketError } from "auth-bitbucket/client"
import { TokenUnavailableError, UserAuthorizationRequiredError } from "auth-bitbucket/connections"
import { reportFailure } from "@/lib/server/failure-report"
import { log } from "@/lib/server/log"
import { getProfile, isSameProfile, type Profile } from "@/lib/server/profile"
import { activities } from "./activity"
import type { Connection, ProfileFailure } from "./connection"
import { connections } from "./connections"
import { timelyCall } from "./timely-call"
import type { TokenPurpose } from "./token-uses"

/** How long a profile counts as current. */
export const FRESH_SECONDS = 60

export type ProfileReading = {
  profile: Profile
  readAt: Date
  /** Why Bitbucket gave no newer one; null if it did, or the app did not ask. */
  failure: ProfileFailure | null
}

/**
 * Asks Bitbucket for the profile.
 *
 * @returns the profile as it is there now; if Bitbucket gives none, the one that it gave last
 * @throws UserAuthorizationRequiredError
 */
export async function getCurrentProfile(
  connection: Connection,
  purpose: TokenPurpose,
): Promise<ProfileReading> {
  const startedAt = performance.now()
  try {
    const { result: profile, version } = await timelyCall(connection, purpose, getProfile)
    if (profile.account.uuid !== connection.account) return await endForeign(connection, version)
    if (isWorthKeeping(profile, connection))
      await keep(connection, profile, (performance.now() - startedAt) / 1_000)
    return { profile, readAt: new Date(), failure: null }
  } catch (error) {
    return lastReading(connection, failureOf(error))
  }
}

/** The connection page reads the profile at each view, but an unchanged one is written only once a minute. */
function isWorthKeeping(profile: Profile, known: Connection): boolean {
  const { profileReadAt, issuedAt, profileAgeSeconds, profileFailure } = known
  if (profileReadAt <= issuedAt || profileAgeSeconds >= FRESH_SECONDS) return true
  return profileFailure !== null || !isSameProfile(profile, known.profile)
}

/** The page shows the profile in any case; a later view reads it again. */
async function keep({ id, account }: Connection, profile: Profile, readingSeconds: number): Promise<void> {
  try {
    await connections().accounts.saveProfile(id, profile, readingSeconds)
  } catch (error) {
    reportFailure("profile_not_stored", error, { account })
  }
}

/** Tokens that open another account belong to neither: deletes the connection, and its sessions with it. */
async function endForeign({ id, account }: Connection, version: number): Promise<never> {
  if (await connections().kept.disconnect({ id, account, version })) {
    log.error("connection_of_another_account", { account })
    await activities().record(account, "connection_ended", "other_account")
  }
  throw new UserAuthorizationRequiredError("not_connected")
}

/** The profile in the connection's row. */
export function lastReading(
  { profile, profileReadAt }: Connection,
  failure: ProfileFailure | null,
): ProfileReading {
  return { profile, readAt: profileReadAt, failure }
}

function failureOf(error: unknown): ProfileFailure {
  if (error instanceof BitbucketError && error.code === "asked_too_often") return error.code
  if (error instanceof BitbucketError)
    return error.isTransient ? "bitbucket_unavailable" : "bitbucket_refused"
  if (error instanceof TokenUnavailableError && error.code === "bitbucket_unavailable") return error.code
  throw error
}
