import "server-only"
import { BitbucketError } from "auth-bitbucket/client"
import { UserAuthorizationRequiredError } from "auth-bitbucket/connections"
import { environment } from "@/lib/env"
import { reportFailure } from "@/lib/server/failure-report"
import { log } from "@/lib/server/log"
import { getProfile, isSameProfile, type Profile } from "@/lib/server/profile"
import { activities } from "./activity"
import type { Connection } from "./connection"
import { isConnectionError } from "./connection-error"
import { connections } from "./connections"
import { timelyCall } from "./timely-call"

export type ProfileReading = {
  profile: Profile
  readAt: Date
  /** Why Bitbucket gave no newer one; `current` where it did, or need not be asked. */
  standing: "current" | "bitbucket_unavailable" | "bitbucket_refused" | "asked_too_often"
  /** Of the tokens that it was read with: another than the connection's where these have been renewed. */
  version: number
}

/**
 * The profile as Bitbucket has it now; where Bitbucket gives none, the one that was read last.
 *
 * @throws ConnectionError `reauthorization_required`
 */
export async function getCurrentProfile(connection: Connection): Promise<ProfileReading> {
  const startedAt = performance.now()
  try {
    const { result: profile, version } = await timelyCall(connection, getProfile)
    if (profile.account.uuid !== connection.account) return await endForeign(connection, version)
    if (isWorthKeeping(profile, connection))
      await keep(connection, profile, (performance.now() - startedAt) / 1_000)
    return { profile, readAt: new Date(), standing: "current", version }
  } catch (error) {
    return lastReading(connection, standingAfter(error))
  }
}

/** As long as nothing has changed a minute more or less tells nobody anything, and each view would cost a write. */
const KEPT_EVERY_SECONDS = 60

/** What is new, what has not been read since the tokens came, or what would otherwise seem older than it is. */
function isWorthKeeping(profile: Profile, known: Connection): boolean {
  const { PROFILE_FRESH_SECONDS } = environment()
  const pause = Math.min(PROFILE_FRESH_SECONDS || KEPT_EVERY_SECONDS, KEPT_EVERY_SECONDS)
  if (known.profileReadAt <= known.issuedAt || known.profileAgeSeconds >= pause) return true
  return !isSameProfile(profile, known.profile)
}

/** The person sees what has been read in any case; the next view reads it again. */
async function keep({ id, account }: Connection, profile: Profile, readingSeconds: number): Promise<void> {
  try {
    await connections().accounts.saveProfile(id, profile, readingSeconds)
  } catch (error) {
    reportFailure("profile_not_stored", error, { account })
  }
}

/** Tokens that open somebody else's account are nobody's here: they go, and with them every session that had them. */
async function endForeign({ id, account }: Connection, version: number): Promise<never> {
  if (await connections().kept.disconnect({ id, account, version })) {
    log.error("connection_of_another_account", { account })
    await activities().record(account, "connection_ended", "other_account")
  }
  throw new UserAuthorizationRequiredError("not_connected")
}

/** The profile that was read last, as the connection has it. */
export function lastReading(
  { profile, profileReadAt, version }: Connection,
  standing: ProfileReading["standing"],
): ProfileReading {
  return { profile, readAt: profileReadAt, standing, version }
}

function standingAfter(error: unknown): ProfileReading["standing"] {
  if (error instanceof BitbucketError && error.code === "asked_too_often") return error.code
  if (error instanceof BitbucketError)
    return error.isTransient ? "bitbucket_unavailable" : "bitbucket_refused"
  if (isConnectionError(error) && error.code === "bitbucket_unavailable") return error.code
  throw error
}
