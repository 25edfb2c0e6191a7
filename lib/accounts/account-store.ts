import { and, eq, lte, sql } from "drizzle-orm"
import type { Profile } from "@/lib/bitbucket/profile"
import type { Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import {
  accountConnectionColumns,
  accountConnectionOf,
  type Connection,
  connectionTable,
  isProfileAsked,
  type ProfileFailure,
  readConnection,
} from "./connection"

/** Longer than a call to Bitbucket may take. */
const LEASE_SECONDS = 15

const inSeconds = (amount: number) => sql`now() + make_interval(secs => ${amount})`

/** A query that stores the result of a sign-in besides the tokens. The account has just been admitted. */
export function recordsSignIn(db: Database, id: string, kind: Connection["kind"], profile: Profile) {
  return db
    .update(connection)
    .set({
      kind,
      profile,
      profileReadAt: sql`now()`,
      profileFailure: null,
      lastVisitAt: sql`now()`,
      admittedAt: sql`now()`,
      admissionLeaseUntil: null,
      admissionRetryAt: null,
      admissionFailure: null,
    })
    .where(eq(connection.id, id))
}

/** The queries for what this app stores about an account besides its tokens. */
export function createAccountStore(db: Database) {
  async function update(assignments: string, where: string, values: unknown[]): Promise<Connection | null> {
    const { rows } = await db.query(
      `update ${connectionTable()} as connection set ${assignments} where ${where} returning ${accountConnectionColumns}`,
      values,
    )
    return rows[0] === undefined ? null : accountConnectionOf(rows[0])
  }

  return {
    read: (account: string): Promise<Connection | null> => readConnection(db, account),

    /** "Stay connected while signed out": whether the tokens outlive the last session. */
    async setStaysConnected(id: string, staysConnected: boolean): Promise<void> {
      await db.update(connection).set({ staysConnected }).where(eq(connection.id, id))
    },

    /**
     * Compare-and-set: on all servers together, at most one caller a minute asks Bitbucket for an account's profile, and only if
     * no other has read it since this caller's copy.
     *
     * @returns whether the caller should ask
     */
    async claimProfileReading({
      id,
      profileAgeSeconds,
    }: Pick<Connection, "id" | "profileAgeSeconds">): Promise<boolean> {
      const { rowCount } = await db.query(
        `update ${connectionTable()} as connection set profile_asked_at = now()
          where id = $1 and profile_read_at <= now() - make_interval(secs => $2) and not ${isProfileAsked}`,
        [id, profileAgeSeconds],
      )
      return rowCount === 1
    },

    /** Records why Bitbucket gave no profile. No server asks again within a minute. */
    async recordProfileFailure(id: string, failure: ProfileFailure): Promise<void> {
      await db
        .update(connection)
        .set({ profileAskedAt: sql`now()`, profileFailure: failure })
        .where(eq(connection.id, id))
    },

    /**
     * Stores a profile that has just been read, unless another was stored since the request started.
     *
     * @param readingSeconds how long the request took
     */
    async saveProfile(id: string, profile: Profile, readingSeconds: number): Promise<void> {
      await db
        .update(connection)
        .set({ profile, profileReadAt: sql`now()`, profileFailure: null })
        .where(and(eq(connection.id, id), lte(connection.profileReadAt, inSeconds(-readingSeconds))))
    },

    /**
     * Compare-and-set: on all servers together, at most one caller asks Bitbucket whether an account is still admitted, once its
     * last answer is this old, and none does during a pause.
     *
     * @returns the connection as it is now, or null if it is too early to ask or another caller does
     */
    takeAdmissionLease: (id: string, admittedSecondsAgo: number): Promise<Connection | null> =>
      update(
        `admission_lease_until = now() + make_interval(secs => ${LEASE_SECONDS})`,
        `id = $1 and admitted_at <= now() - make_interval(secs => $2)
          and (admission_lease_until is null or admission_lease_until <= now())
          and (admission_retry_at is null or admission_retry_at <= now())`,
        [id, admittedSecondsAgo],
      ),

    /** @param askedSecondsAgo when Bitbucket was asked. @returns null if the connection is gone */
    recordAdmitted: (id: string, askedSecondsAgo: number): Promise<Connection | null> =>
      update(
        `admitted_at = greatest(admitted_at, now() - make_interval(secs => $2)), admission_lease_until = null,
          admission_retry_at = null, admission_failure = null`,
        "id = $1",
        [id, askedSecondsAgo],
      ),

    /** Records that Bitbucket gave no answer. No server asks again before `retryInSeconds`. @returns null if it is gone */
    recordAdmissionFailure: (
      id: string,
      failure: string,
      retryInSeconds: number,
    ): Promise<Connection | null> =>
      update(
        "admission_lease_until = null, admission_retry_at = now() + make_interval(secs => $3), admission_failure = $2",
        "id = $1",
        [id, failure, retryInSeconds],
      ),
  }
}

export type AccountStore = ReturnType<typeof createAccountStore>
