import "server-only"
import { setTimeout as wait } from "node:timers/promises"
import { isDeepStrictEqual } from "node:util"
import { BitbucketError } from "@/lib/bitbucket/errors"
import { getProfile, type Profile } from "@/lib/bitbucket/profile"
import { TIME_BUDGET_MS } from "@/lib/bitbucket/time-budget"
import type { Connection } from "./connection-store"
import { connections } from "./connections"
import { ConnectionError } from "./errors"

/** An unchanged profile is written again only when its date has become misleading. */
const REWRITE_AFTER_MS = 5 * 60 * 1000

export type ProfileReading = {
  profile: Profile
  readAt: Date
  /** Why this is the last known profile instead of today's; null where it is today's. */
  staleBecause: "bitbucket_unavailable" | null
  /** Of the tokens that it was read with: another than the connection's where these have been renewed. */
  version: number
}

/**
 * The profile as Bitbucket has it now; while Bitbucket cannot be asked, the one that was read last.
 *
 * @throws ConnectionError `reauthorization_required`, or BitbucketError for an answer that waiting cannot cure
 */
export async function getCurrentProfile(connection: Connection): Promise<ProfileReading> {
  const { authorizedCall, store } = connections()
  try {
    const { result: profile, version } = await inTime(authorizedCall(connection, getProfile))
    // Another person's profile under this connection's tokens would be shown to the wrong person.
    if (profile.account.uuid !== connection.accountUuid) throw new ConnectionError("reauthorization_required")
    const readAt = new Date()
    const isOld = readAt.getTime() - connection.profileReadAt.getTime() > REWRITE_AFTER_MS
    if (isOld || !isDeepStrictEqual(profile, connection.profile))
      await store.saveProfile(connection.id, profile)
    return { profile, readAt, staleBecause: null, version }
  } catch (error) {
    const mayPass = error instanceof BitbucketError && error.isTransient
    const isDown = error instanceof ConnectionError && error.code === "bitbucket_unavailable"
    if (!mayPass && !isDown) throw error
    return {
      profile: connection.profile,
      readAt: connection.profileReadAt,
      staleBecause: "bitbucket_unavailable",
      version: connection.version,
    }
  }
}

/** Gives up waiting, not working: a renewal that has begun is stored for the next page. */
async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  const giveUp = new AbortController()
  const deadline = wait(TIME_BUDGET_MS, undefined, { signal: giveUp.signal }).then(() => {
    throw new BitbucketError("unreachable")
  })
  deadline.catch(() => undefined)
  return Promise.race([work, deadline]).finally(() => giveUp.abort())
}
