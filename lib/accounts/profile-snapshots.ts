import "server-only"
import { isGranted } from "auth-bitbucket/client"
import { environment } from "@/lib/env"
import { reportFailure } from "@/lib/server/failure-report"
import type { Connection } from "./connection"
import { isConnectionError } from "./connection-error"
import { getCurrentProfile, lastReading, type ProfileReading } from "./current-profile"

/** For so long a profile that need not be asked for at each view is shown first and asked for behind the answer; who comes later waits for Bitbucket's word. */
const SHOWN_FIRST_SECONDS = 10 * 60
/** Of one account, this process revalidates no more than once in such a time. */
const PAUSE_MS = 60_000

/** What a page can show at once, and what has to follow: nothing, a question behind the answer, or the answer itself. */
type Snapshot = { reading: ProfileReading; need: "nothing" | "revalidation" | "answer" }

type Attempt = { version: number; startedAt: number; standing: ProfileReading["standing"] }

type Dependencies = {
  ask: (connection: Connection) => Promise<ProfileReading>
  /** For how many seconds a profile is shown without a question to Bitbucket; 0: it is asked at each view. */
  freshSeconds: () => number
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number
}

/** Profiles as they were read last, and when to read them again. */
export function createProfileSnapshots({ ask, freshSeconds, now = () => performance.now() }: Dependencies) {
  const underWay = new Map<string, Promise<ProfileReading>>()
  const attempts = new Map<string, Attempt>()

  /** Asks nobody. @param connection as just read, and renewed if it had lapsed */
  function look(connection: Connection): Snapshot {
    if (connection.remainingSeconds <= 0)
      return { reading: lastReading(connection, "bitbucket_unavailable"), need: "nothing" }
    if (freshSeconds() === 0) return { reading: lastReading(connection, "current"), need: "answer" }
    const { standing = "current" } = recentAttempt(connection) ?? {}
    const reading = lastReading(connection, standing)
    if (standing !== "current" || isYoungerThan(freshSeconds(), connection))
      return { reading, need: "nothing" }
    if (!isYoungerThan(SHOWN_FIRST_SECONDS, connection)) return { reading, need: "answer" }
    return { reading, need: recentAttempt(connection) ? "nothing" : "revalidation" }
  }

  /** Asks Bitbucket, once for all who ask at the same time. @throws ConnectionError `reauthorization_required` */
  function read(connection: Connection): Promise<ProfileReading> {
    const running = underWay.get(connection.id)
    if (running !== undefined) return running
    const attempt: Attempt = { version: connection.version, startedAt: now(), standing: "current" }
    remember(connection.id, attempt)
    const reading = ask(connection)
      .then((result) => {
        attempt.standing = result.standing
        return result
      })
      .finally(() => underWay.delete(connection.id))
    underWay.set(connection.id, reading)
    return reading
  }

  /** Asks Bitbucket for the next page's sake. What is wrong with the connection, its row tells that page. */
  async function revalidate(connection: Connection): Promise<void> {
    if (recentAttempt(connection)) return
    await read(connection).catch((error: unknown) => {
      if (!isConnectionError(error))
        reportFailure("profile_not_revalidated", error, { account: connection.account })
    })
  }

  /** With new tokens there is a new chance. */
  function recentAttempt({ id, version }: Connection): Attempt | undefined {
    const attempt = attempts.get(id)
    return attempt && attempt.version === version && isRecent(attempt) ? attempt : undefined
  }

  function remember(id: string, attempt: Attempt): void {
    attempts.delete(id)
    attempts.set(id, attempt)
    for (const [oldest, { startedAt }] of attempts) {
      if (isRecent({ startedAt })) break
      attempts.delete(oldest)
    }
  }

  const isRecent = ({ startedAt }: Pick<Attempt, "startedAt">) => now() - startedAt < PAUSE_MS

  return { look, read, revalidate }
}

/** The app's own, shared by the requests of this process. */
export const profileSnapshots = createProfileSnapshots({
  ask: getCurrentProfile,
  freshSeconds: () => environment().PROFILE_FRESH_SECONDS,
})

/** By the database's clock. What a sign-in could not read whole is not young, however new it is. */
function isYoungerThan(ageSeconds: number, { profile, profileAgeSeconds, ...rest }: Connection): boolean {
  const isIncomplete =
    profile.emails === null && isGranted("email", rest.scopes) && rest.profileReadAt <= rest.issuedAt
  return !isIncomplete && profileAgeSeconds < ageSeconds
}
