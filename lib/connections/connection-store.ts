import { and, eq, isNull, lte, or, type SQL, sql } from "drizzle-orm"
import type { AnyPgColumn } from "drizzle-orm/pg-core"
import type { Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import type { Profile } from "@/lib/server/profile"

type Row = typeof connection.$inferSelect

/** A connection as read, with its times also as seconds on the database's clock. */
export type Connection = Omit<
  Row,
  | "leaseOwner"
  | "leaseUntil"
  | "lastVisitAt"
  | "profile"
  | "admittedAt"
  | "admissionLeaseUntil"
  | "admissionRetryAt"
  | "admissionFailure"
> & {
  profile: Profile
  /** Since the profile was read from Bitbucket. */
  profileAgeSeconds: number
  /** Life left to the access token; negative once it has lapsed. */
  remainingSeconds: number
  /** From the answer that brought the access token to its expiry. */
  lifetimeSeconds: number
  /** Until Bitbucket may be asked again; 0 where it may be asked now. */
  retryInSeconds: number
  isLeased: boolean
  /** Since Bitbucket last said that this deployment admits the account. */
  admittedAgeSeconds: number
  /** Until Bitbucket may be asked that again after it gave no answer; 0 where it may be asked now. */
  admissionRetryInSeconds: number
}

/** None until a moment that has passed or was never set. */
const secondsUntil = (moment: AnyPgColumn) =>
  sql<number>`greatest(0, coalesce(${seconds(sql`${moment} - now()`)}, 0))`
const seconds = (interval: SQL) => sql<number>`extract(epoch from ${interval})::float8`

/** The columns of a connection; every time that decides something is measured by the database's clock. */
export const connectionColumns = {
  id: connection.id,
  accountUuid: connection.accountUuid,
  issuer: connection.issuer,
  kind: connection.kind,
  sealedTokens: connection.sealedTokens,
  scopes: connection.scopes,
  issuedAt: connection.issuedAt,
  expiresAt: connection.expiresAt,
  version: connection.version,
  status: connection.status,
  failures: connection.failures,
  retryAt: connection.retryAt,
  lastFailure: connection.lastFailure,
  lastFailureAt: connection.lastFailureAt,
  connectedAt: connection.connectedAt,
  refreshedAt: connection.refreshedAt,
  staysConnected: connection.staysConnected,
  profile: sql<Profile>`${connection.profile}`.as("profile"),
  profileReadAt: connection.profileReadAt,
  profileAgeSeconds: seconds(sql`now() - ${connection.profileReadAt}`).as("profile_age_seconds"),
  remainingSeconds: seconds(sql`${connection.expiresAt} - now()`).as("remaining_seconds"),
  lifetimeSeconds: seconds(sql`${connection.expiresAt} - ${connection.issuedAt}`).as("lifetime_seconds"),
  retryInSeconds: secondsUntil(connection.retryAt).as("retry_in_seconds"),
  isLeased: sql<boolean>`coalesce(${connection.leaseUntil} > now(), false)`.as("is_leased"),
  admittedAgeSeconds: seconds(sql`now() - ${connection.admittedAt}`).as("admitted_age_seconds"),
  admissionRetryInSeconds: secondsUntil(connection.admissionRetryAt).as("admission_retry_in_seconds"),
}

const inSeconds = (amount: number) => sql`now() + make_interval(secs => ${amount})`

/** Longer than a call to Bitbucket may take. A holder that is slower all the same is fenced off by the version. */
const LEASE_SECONDS = 15

const noLease = { leaseOwner: null, leaseUntil: null }
const admittedNow = {
  admittedAt: sql`now()`,
  admissionLeaseUntil: null,
  admissionRetryAt: null,
  admissionFailure: null,
}
const noFailure = { failures: 0, retryAt: null, lastFailure: null, lastFailureAt: null }

export type ConnectionKind = Row["kind"]

export type NewTokens = {
  /** At sign-in; OAuth 2.0 where it is not said. */
  kind?: ConnectionKind
  sealedTokens: string
  lifetimeSeconds: number
  scopes: string[]
}

/** Identifies one attempt to renew one version of a connection. */
export type Lease = { id: string; version: number; owner: string }

/**
 * The name of a statement whose SQL is put together once. Empty, so that Postgres sees an ordinary statement each
 * time: poolers that give every transaction another connection lose named ones.
 */
export const BUILT_ONCE = ""

/**
 * The statements on connections. Each is one statement; none waits for anything outside the database.
 *
 * @param issuer of this deployment: a connection with another issuer is not read and never refreshed, since its tokens
 *   are for another server
 */
export function createConnectionStore(db: Database, issuer: string) {
  const isOurs = eq(connection.issuer, issuer)
  const held = ({ id, version, owner }: Lease) =>
    and(eq(connection.id, id), eq(connection.version, version), eq(connection.leaseOwner, owner))

  const readById = db
    .select(connectionColumns)
    .from(connection)
    .where(and(eq(connection.id, sql.placeholder("id")), isOurs))
    .prepare(BUILT_ONCE)

  return {
    /** @returns null where there is no such connection (any more) */
    async read(id: string): Promise<Connection | null> {
      const [row] = await readById.execute({ id })
      return row ?? null
    },

    /**
     * Compare-and-set: at most one caller anywhere gets the lease of a version, and nobody does before
     * `retry_at`.
     *
     * @returns the connection as it is now, or null where somebody else holds it or it has changed
     */
    async takeLease({ id, version, owner }: Lease): Promise<Connection | null> {
      const [row] = await db
        .update(connection)
        .set({ leaseOwner: owner, leaseUntil: inSeconds(LEASE_SECONDS) })
        .where(
          and(
            eq(connection.id, id),
            isOurs,
            eq(connection.version, version),
            eq(connection.status, "active"),
            // Tokens of OAuth 1.0a are never renewed, whoever asks.
            eq(connection.kind, "oauth2"),
            or(isNull(connection.leaseUntil), lte(connection.leaseUntil, sql`now()`)),
            or(isNull(connection.retryAt), lte(connection.retryAt, sql`now()`)),
          ),
        )
        .returning(connectionColumns)
      return row ?? null
    },

    /** @returns the renewed connection; null where the lease was lost, and nothing has been written */
    async commitRefresh(lease: Lease, tokens: NewTokens): Promise<Connection | null> {
      const [row] = await db
        .update(connection)
        .set({
          sealedTokens: tokens.sealedTokens,
          scopes: tokens.scopes,
          issuedAt: sql`now()`,
          expiresAt: inSeconds(tokens.lifetimeSeconds),
          refreshedAt: sql`now()`,
          version: sql`${connection.version} + 1`,
          ...noLease,
          ...noFailure,
        })
        .where(held(lease))
        .returning(connectionColumns)
      return row ?? null
    },

    /**
     * Ends a lease after a failure that waiting may cure. Nobody asks again for `retryInSeconds`.
     *
     * @returns false where somebody has brought new tokens meanwhile, and nothing has been written
     */
    async recordFailure(lease: Lease, failure: string, retryInSeconds: number): Promise<boolean> {
      const rows = await db
        .update(connection)
        .set({
          failures: sql`${connection.failures} + 1`,
          retryAt: inSeconds(retryInSeconds),
          lastFailure: failure,
          lastFailureAt: sql`now()`,
          ...noLease,
        })
        .where(held(lease))
        .returning({ id: connection.id })
      return rows.length > 0
    },

    /** @returns whether the grant is dead now; false where somebody has brought new tokens meanwhile */
    async markDead(lease: Lease, failure: string): Promise<boolean> {
      const rows = await db
        .update(connection)
        .set({ status: "dead", lastFailure: failure, lastFailureAt: sql`now()`, ...noLease })
        .where(held(lease))
        .returning({ id: connection.id })
      return rows.length > 0
    },

    /**
     * Says that Bitbucket refused this version's access token: it has lapsed, whatever its expiry was, and with
     * it the connection where nothing can renew it.
     */
    async expireAccessToken(id: string, version: number): Promise<void> {
      await db
        .update(connection)
        .set({
          expiresAt: sql`now()`,
          status: sql`case when ${connection.kind} = 'oauth2' then ${connection.status} else 'dead' end`,
        })
        .where(
          and(eq(connection.id, id), eq(connection.version, version), sql`${connection.expiresAt} > now()`),
        )
    },

    /** Says that even a renewed access token was refused: nobody asks for another for a while. */
    async deferRenewal(id: string, version: number, retryInSeconds: number): Promise<void> {
      await db
        .update(connection)
        .set({
          expiresAt: sql`now()`,
          failures: sql`${connection.failures} + 1`,
          retryAt: inSeconds(retryInSeconds),
          lastFailure: "token_refused",
          lastFailureAt: sql`now()`,
        })
        .where(and(eq(connection.id, id), eq(connection.version, version)))
    },

    /** "Stay connected while signed out": whether the tokens outlive the last session. */
    async setStaysConnected(id: string, staysConnected: boolean): Promise<void> {
      await db.update(connection).set({ staysConnected }).where(eq(connection.id, id))
    },

    /**
     * Keeps a profile that has just been read, unless another was stored since the reading began.
     *
     * @param readingSeconds how long the reading took
     */
    async saveProfile(id: string, profile: Profile, readingSeconds: number): Promise<void> {
      await db
        .update(connection)
        .set({ profile, profileReadAt: sql`now()` })
        .where(and(eq(connection.id, id), lte(connection.profileReadAt, inSeconds(-readingSeconds))))
    },

    /** Signing in wins over whatever was there: a renewal that is under way is fenced out by the version. */
    async upsertAtSignIn(
      account: { accountUuid: string; profile: Profile },
      tokens: NewTokens,
    ): Promise<{ id: string }> {
      const values = {
        ...account,
        kind: tokens.kind ?? "oauth2",
        sealedTokens: tokens.sealedTokens,
        scopes: tokens.scopes,
        issuedAt: sql`now()`,
        expiresAt: inSeconds(tokens.lifetimeSeconds),
        profileReadAt: sql`now()`,
        lastVisitAt: sql`now()`,
        status: "active" as const,
        ...admittedNow,
        ...noLease,
        ...noFailure,
      }
      const [row] = await db
        .insert(connection)
        .values(values)
        .onConflictDoUpdate({
          target: connection.accountUuid,
          set: {
            ...values,
            version: sql`${connection.version} + 1`,
            refreshedAt: null,
          },
        })
        .returning({ id: connection.id })
      if (!row) throw new Error("An upsert returns its row")
      return row
    },

    /**
     * Compare-and-set: at most one caller anywhere asks Bitbucket whether an account is still admitted, once that was
     * last said so long ago, and nobody does while there is a pause.
     *
     * @returns the connection as it is now, or null where nobody need ask or somebody else does
     */
    async takeAdmissionLease(id: string, admittedSecondsAgo: number): Promise<Connection | null> {
      const [row] = await db
        .update(connection)
        .set({ admissionLeaseUntil: inSeconds(LEASE_SECONDS) })
        .where(
          and(
            eq(connection.id, id),
            lte(connection.admittedAt, inSeconds(-admittedSecondsAgo)),
            or(isNull(connection.admissionLeaseUntil), lte(connection.admissionLeaseUntil, sql`now()`)),
            or(isNull(connection.admissionRetryAt), lte(connection.admissionRetryAt, sql`now()`)),
          ),
        )
        .returning(connectionColumns)
      return row ?? null
    },

    /** @param askedSecondsAgo when Bitbucket was asked. @returns null where the connection is gone */
    async recordAdmitted(id: string, askedSecondsAgo: number): Promise<Connection | null> {
      const [row] = await db
        .update(connection)
        .set({
          ...admittedNow,
          admittedAt: sql`greatest(${connection.admittedAt}, ${inSeconds(-askedSecondsAgo)})`,
        })
        .where(eq(connection.id, id))
        .returning(connectionColumns)
      return row ?? null
    },

    /** Says that Bitbucket gave no answer. Nobody asks again before `retryInSeconds`. @returns null where it is gone */
    async recordAdmissionFailure(
      id: string,
      failure: string,
      retryInSeconds: number,
    ): Promise<Connection | null> {
      const [row] = await db
        .update(connection)
        .set({
          admissionLeaseUntil: null,
          admissionRetryAt: inSeconds(retryInSeconds),
          admissionFailure: failure,
        })
        .where(eq(connection.id, id))
        .returning(connectionColumns)
      return row ?? null
    },

    /** Disconnect: the tokens and, by the foreign key, every session of the account. */
    async delete(id: string): Promise<void> {
      await db.delete(connection).where(eq(connection.id, id))
    },

    /** As `delete`, but only while the tokens are these. @returns false where newer ones have come, and stay */
    async deleteVersion(id: string, version: number): Promise<boolean> {
      const { rowCount } = await db
        .delete(connection)
        .where(and(eq(connection.id, id), eq(connection.version, version)))
      return rowCount === 1
    },
  }
}

export type ConnectionStore = ReturnType<typeof createConnectionStore>
