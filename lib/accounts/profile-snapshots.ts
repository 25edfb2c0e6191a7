import "server-only"
import { isGranted } from "auth-bitbucket/client"
import { reportFailure } from "@/lib/server/failure-report"
import type { Connection } from "./connection"
import { isConnectionError } from "./connection-error"
import { connections } from "./connections"
import { FRESH_SECONDS, getCurrentProfile, lastReading, type ProfileReading } from "./current-profile"

/** A page shows a younger profile without waiting for Bitbucket. */
const SHOWN_FIRST_SECONDS = 10 * 60

/** What a page can show at once, and what has to follow: nothing, a question behind the answer, or the answer itself. */
type Snapshot = { reading: ProfileReading; need: "nothing" | "revalidation" | "answer" }

/**
 * Profiles as Bitbucket last gave them, and when to ask again: see docs/decisions/030-one-profile-behaviour.md. The
 * connection's row says when a server last asked, for all servers.
 */
export function createProfileSnapshots() {
  const underWay = new Map<string, Promise<ProfileReading>>()

  /** Only looks at the row. @param connection as just read, and refreshed if its access token had expired */
  function look(connection: Connection): Snapshot {
    if (connection.remainingSeconds <= 0)
      return { reading: lastReading(connection, "bitbucket_unavailable"), need: "nothing" }
    const { isProfileAsked, profileFailure } = connection
    const reading = lastReading(connection, isProfileAsked ? profileFailure : null)
    if (isYoungerThan(FRESH_SECONDS, connection)) return { reading, need: "nothing" }
    if (isYoungerThan(SHOWN_FIRST_SECONDS, connection))
      return { reading, need: isProfileAsked ? "nothing" : "revalidation" }
    return { reading, need: isProfileAsked && !underWay.has(connection.id) ? "nothing" : "answer" }
  }

  /**
   * Asks Bitbucket, once for all callers at the same time. While another server asks, gives the last reading.
   *
   * @throws UserAuthorizationRequiredError
   */
  function read(connection: Connection): Promise<ProfileReading> {
    const { id } = connection
    const reading = underWay.get(id) ?? readOnce(connection).finally(() => underWay.delete(id))
    underWay.set(id, reading)
    return reading
  }

  /** Asks Bitbucket for the next page, which learns from the connection's row if something is wrong. */
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

/** By the database's clock. A profile without the addresses that the sign-in could not read never counts as young. */
function isYoungerThan(ageSeconds: number, { profile, profileAgeSeconds, ...rest }: Connection): boolean {
  const isIncomplete =
    profile.emails === null && isGranted("email", rest.scopes) && rest.profileReadAt <= rest.issuedAt
  return !isIncomplete && profileAgeSeconds < ageSeconds
}
