import "server-only"
import { BitbucketError, isGranted } from "auth-bitbucket/client"
import { TokenUnavailableError, UserAuthorizationRequiredError } from "auth-bitbucket/connections"
import { getProfile, isSameProfile, type Profile } from "@/lib/bitbucket/profile"
import { reportFailure } from "@/lib/server/failure-report"
import { log } from "@/lib/server/log"
import { activities } from "./activity"
import type { Connection, ProfileFailure } from "./connection"
import { isConnectionError } from "./connection-error"
import { connections } from "./connections"
import { timelyCall } from "./timely-call"
import type { TokenPurpose } from "./token-uses"

/** How long a profile counts as current. */
const FRESH_SECONDS = 60

export type ProfileReading = {
  profile: Profile
  readAt: Date
  /** Why Bitbucket gave no newer one; null if it did, or the app did not ask. */
  failure: ProfileFailure | null
}

/**
 * Asks Bitbucket for the profile.
 *
 * @returns the current profile, or the last known one if Bitbucket gives none
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

/** The connection page reads the profile on each view, but stores an unchanged one only once a minute. */
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

/** If tokens belong to another account, deletes the connection and its sessions. */
async function endForeign({ id, account }: Connection, version: number): Promise<never> {
  if (await connections().kept.disconnect({ id, account, version })) {
    log.error("connection_of_another_account", { account })
    await activities().record(account, "connection_ended", "other_account")
  }
  throw new UserAuthorizationRequiredError("not_connected")
}

/** The profile in the connection's row. */
function lastReading({ profile, profileReadAt }: Connection, failure: ProfileFailure | null): ProfileReading {
  return { profile, readAt: profileReadAt, failure }
}

function failureOf(error: unknown): ProfileFailure {
  if (error instanceof BitbucketError && error.code === "asked_too_often") return error.code
  if (error instanceof BitbucketError)
    return error.isTransient ? "bitbucket_unavailable" : "bitbucket_refused"
  if (error instanceof TokenUnavailableError && error.code === "bitbucket_unavailable") return error.code
  throw error
}

/** A page shows a profile younger than this without waiting for Bitbucket. */
const SHOWN_FIRST_SECONDS = 10 * 60

/** What a page can show immediately, and what has to follow: nothing, a request after the page, or Bitbucket's answer. */
type Snapshot = { reading: ProfileReading; need: "nothing" | "revalidation" | "answer" }

/**
 * The last known profiles, and when to ask Bitbucket again: see docs/decisions/030-one-profile-behaviour.md. The
 * connection's row tells all servers when one of them last asked.
 */
export function createProfileSnapshots() {
  const inProgress = new Map<string, Promise<ProfileReading>>()

  /** Looks only at the row. @param connection just read, and refreshed if its access token had expired */
  function look(connection: Connection): Snapshot {
    if (connection.remainingSeconds <= 0)
      return { reading: lastReading(connection, "bitbucket_unavailable"), need: "nothing" }
    const { isProfileAsked, profileFailure } = connection
    const reading = lastReading(connection, isProfileAsked ? profileFailure : null)
    if (isYoungerThan(FRESH_SECONDS, connection)) return { reading, need: "nothing" }
    if (isYoungerThan(SHOWN_FIRST_SECONDS, connection))
      return { reading, need: isProfileAsked ? "nothing" : "revalidation" }
    return { reading, need: isProfileAsked && !inProgress.has(connection.id) ? "nothing" : "answer" }
  }

  /**
   * Asks Bitbucket, once for all concurrent callers. While another server asks, returns the last known profile.
   *
   * @throws UserAuthorizationRequiredError
   */
  function read(connection: Connection): Promise<ProfileReading> {
    const { id } = connection
    const reading = inProgress.get(id) ?? readOnce(connection).finally(() => inProgress.delete(id))
    inProgress.set(id, reading)
    return reading
  }

  /** Asks Bitbucket for the benefit of the next page, which reads from the connection's row whether something is wrong. */
  async function revalidate(connection: Connection): Promise<void> {
    await read(connection).catch((error: unknown) => {
      if (!isConnectionError(error))
        reportFailure("profile_not_revalidated", error, { account: connection.account })
    })
  }

  return { look, read, revalidate }
}

/** The app's own, shared by the requests of this process. */
export const profileSnapshots = createProfileSnapshots()

async function readOnce(connection: Connection): Promise<ProfileReading> {
  const { accounts } = connections()
  if (!(await accounts.claimProfileReading(connection))) return lastReading(connection, null)
  const reading = await getCurrentProfile(connection, "page:profile")
  if (reading.failure)
    await accounts
      .recordProfileFailure(connection.id, reading.failure)
      .catch((error) => reportFailure("profile_not_stored", error, { account: connection.account }))
  return reading
}

/** By the database's clock. A profile without the addresses, if the sign-in could not read them, never counts as young. */
function isYoungerThan(ageSeconds: number, { profile, profileAgeSeconds, ...rest }: Connection): boolean {
  const isIncomplete =
    profile.emails === null && isGranted("email", rest.scopes) && rest.profileReadAt <= rest.issuedAt
  return !isIncomplete && profileAgeSeconds < ageSeconds
}
