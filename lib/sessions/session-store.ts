import { createHash, randomBytes } from "node:crypto"
import { cutText, wellFormed } from "auth-bitbucket/client"
import { and, desc, eq, gt, inArray, lt, lte, ne, notExists, or, type SQL, sql } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"
import { z } from "zod"
import { recordsSignIn } from "@/lib/accounts/account-store"
import type { ActivityKind } from "@/lib/accounts/activity"
import {
  accountConnectionColumns,
  accountConnectionOf,
  type Connection,
  connectionStore,
  connectionTable,
} from "@/lib/accounts/connection"
import type { Profile } from "@/lib/bitbucket/profile"
import type { Database } from "@/lib/db/client"
import { deleteInBatches, type Pace } from "@/lib/db/delete-in-batches"
import { readRow } from "@/lib/db/errors"
import { retryConflict } from "@/lib/db/retry-conflict"
import { activity, connection, session } from "@/lib/db/schema"
import { databaseSchema, environment } from "@/lib/env"
import { describeBrowser } from "./browser-name"

const sessionColumns = z.object({
  sessionExpiresAt: z.date(),
  reference: z.string(),
  needsTouch: z.boolean(),
})

export type LiveSession = {
  connection: Connection
  expiresAt: Date
  /** Identifies the session on the user's own pages. */
  reference: string
  /** Whether it is time to record this visit in the row. */
  needsTouch: boolean
}

/** A signed-in browser, as the user sees it. */
export type SignedInBrowser = {
  reference: string
  userAgent: string | null
  createdAt: Date
  lastSeenAt: Date
}

export type EndedSession = { userAgent: string | null }

/** Recording every page view would cost a write for each. */
const SEEN_EVERY_SECONDS = 5 * 60

type SignIn = {
  account: string
  kind?: Connection["kind"]
  profile: Profile
  /** Stores the tokens, in the sign-in's transaction. */
  save: (store: ReturnType<typeof connectionStore>) => Promise<{ id: string }>
  userAgent: string | null
  /** This browser's previous session, which ends. */
  previousSid: string | null
}

/** What the table stores of the new session's id, and of the previous one's. */
type Hashes = { idHash: string; previousHash: string | null }

/** More browsers than anyone has. The next sign-in ends the least recently seen session. */
const MOST_SESSIONS = 50

const days = (count: number) => sql`make_interval(secs => ${count * 86_400})`

/** When a session ends: at its idle limit or its absolute limit, whichever comes first. */
function limitedFrom(seenAt: SQL, createdAt: SQL | PgColumn): SQL {
  const { SESSION_IDLE_DAYS, SESSION_ABSOLUTE_DAYS } = environment()
  return sql`least(${seenAt} + ${days(SESSION_IDLE_DAYS)}, ${createdAt} + ${days(SESSION_ABSOLUTE_DAYS)})`
}

/** An expired session is worthless, although its row stays until the next prune. */
const isLive = gt(session.expiresAt, sql`now()`)

/** The columns that a deletion of sessions returns for `recordExpired`. */
const deletedSession = {
  userAgent: session.userAgent,
  expiresAt: session.expiresAt,
  hasExpired: sql<boolean>`${session.expiresAt} <= now()`,
}

/** The table stores only the hash of a session id, as for a password: a leaked table lets no one sign in. */
function hashOf(sid: string): string {
  return createHash("sha256").update(sid).digest("base64url")
}

/** Stays connected, but the person has not visited for very long. */
const isForgotten = () =>
  sql`${connection.staysConnected} and ${connection.lastVisitAt} < now() - ${days(environment().STAY_CONNECTED_DAYS)}`

/** Whether `prune` may find anything: an expression for the caller's query, answered from two indexes. */
export const hasExpired =
  (): SQL => sql`(exists (select 1 from ${session} where ${session.expiresAt} <= now())
  or exists (select 1 from ${connection} where ${isForgotten()}))`

/** The queries for sessions. */
export function createSessionStore(db: Database) {
  const inTransaction = <Result>(work: (tx: Database) => Promise<Result>) =>
    retryConflict(() => db.transaction(work))

  // Every transaction takes its locks in one order, so that no two wait for each other: connections by their account's
  // uuid, then sessions under the lock of their connection.

  /** The account that a session belongs to. It never changes, so this needs no lock. */
  async function accountOf(tx: Database, sid: string): Promise<string | undefined> {
    const [found] = await tx
      .select({ account: connection.accountUuid })
      .from(connection)
      .innerJoin(session, eq(session.connectionId, connection.id))
      .where(eq(session.idHash, hashOf(sid)))
    return found?.account
  }

  /** In the order of character codes, whatever the database's collation, so that JavaScript compares uuids in the same way. */
  function lock(tx: Database, which: SQL) {
    return tx
      .select({ id: connection.id, account: connection.accountUuid })
      .from(connection)
      .where(which)
      .orderBy(sql`${connection.accountUuid} collate "C"`)
      .for("update")
  }

  /** Adds expired sessions to the Activity page, at the time when each expired. */
  async function recordExpired(
    tx: Database,
    sessions: { account: string; userAgent: string | null; expiresAt: Date; hasExpired: boolean }[],
  ): Promise<void> {
    const entries = sessions
      .filter(({ hasExpired }) => hasExpired)
      .map(({ account, userAgent, expiresAt }) => ({
        accountUuid: account,
        kind: "session_expired" satisfies ActivityKind,
        detail: describeBrowser(userAgent),
        at: expiresAt,
      }))
    if (entries.length > 0) await tx.insert(activity).values(entries)
  }

  /** Needs the caller's transaction: the delete must see what a concurrent sign-in has committed. */
  async function end(tx: Database, sid: string): Promise<EndedSession | null> {
    const isIt = eq(session.idHash, hashOf(sid))
    const [held] = await tx
      .select({ id: connection.id, account: connection.accountUuid })
      .from(connection)
      .where(inArray(connection.id, tx.select({ id: session.connectionId }).from(session).where(isIt)))
      .for("update")
    if (!held) return null
    const gone = await tx.delete(session).where(isIt).returning(deletedSession)
    await recordExpired(
      tx,
      gone.map((one) => ({ ...one, account: held.account })),
    )
    const others = tx
      .select({ one: sql`1` })
      .from(session)
      .where(and(eq(session.connectionId, held.id), isLive))
    await tx
      .delete(connection)
      .where(and(eq(connection.id, held.id), eq(connection.staysConnected, false), notExists(others)))
    return gone[0] ?? null
  }

  /**
   * Stores the result of a sign-in whose connection the transaction has just saved, and so locked: the account's profile,
   * the new session, and the entry on the Activity page. Ends sessions to make room, and deletes the account's expired ones.
   * One query, because the user waits for each; it sees every earlier sign-in, because it begins after the lock.
   */
  async function startSession(
    tx: Database,
    { account, kind = "oauth2", profile, userAgent, idHash, previousHash }: SignIn & Hashes,
    connectionId: string,
  ): Promise<void> {
    // The caller ends the previous one.
    const isOther = and(
      eq(session.connectionId, connectionId),
      previousHash === null ? undefined : ne(session.idHash, previousHash),
    )
    const tooMany = tx
      .select({ idHash: session.idHash })
      .from(session)
      .where(and(isOther, isLive))
      .orderBy(desc(session.lastSeenAt))
      .offset(MOST_SESSIONS - 1)
    const unwanted = tx
      .delete(session)
      .where(and(isOther, or(lte(session.expiresAt, sql`now()`), inArray(session.idHash, tooMany))))
      .returning({ ...deletedSession, hasExpired: deletedSession.hasExpired.as("has_expired") })
    const added = tx.insert(session).values({
      idHash,
      connectionId,
      userAgent: userAgent && cutText(wellFormed(userAgent), 512),
      expiresAt: limitedFrom(sql`now()`, sql`now()`),
    })
    const entry = {
      accountUuid: account,
      kind: "signed_in" satisfies ActivityKind,
      detail: describeBrowser(userAgent),
    }
    const { rows } = await tx.execute<{
      userAgent: string | null
      expiresAt: string
      hasExpired: boolean
    }>(sql`
      with recorded as (${recordsSignIn(tx, connectionId, kind, profile).getSQL()}),
        added as (${added.getSQL()}),
        noted as (${tx.insert(activity).values(entry).getSQL()}),
        unwanted as (${unwanted.getSQL()})
      select user_agent as "userAgent", expires_at as "expiresAt", has_expired as "hasExpired" from unwanted`)
    await recordExpired(
      tx,
      rows.map((gone) => ({ ...gone, account, expiresAt: new Date(gone.expiresAt) })),
    )
  }

  const hasNoSession = (tx: Database) =>
    notExists(tx.select({ one: sql`1` }).from(session).where(eq(session.connectionId, connection.id)))

  /** Deletes up to `limit` expired sessions, and their connections that have no session left and do not stay connected. */
  async function endExpired(tx: Database, limit: number): Promise<{ sessions: number; connections: number }> {
    const isExpired = lte(session.expiresAt, sql`now()`)
    const found = await tx
      .select({ idHash: session.idHash, connectionId: session.connectionId })
      .from(session)
      .where(isExpired)
      .limit(limit)
    if (found.length === 0) return { sessions: 0, connections: 0 }
    const isOfThese = inArray(connection.id, [...new Set(found.map(({ connectionId }) => connectionId))])
    const accounts = new Map((await lock(tx, isOfThese)).map(({ id, account }) => [id, account]))
    const hashes = found.map(({ idHash }) => idHash)
    const sessions = await tx
      .delete(session)
      .where(and(inArray(session.idHash, hashes), isExpired))
      .returning({ ...deletedSession, connectionId: session.connectionId })
    await recordExpired(
      tx,
      sessions.flatMap(({ connectionId, ...one }) => {
        const account = accounts.get(connectionId)
        return account === undefined ? [] : [{ ...one, account }]
      }),
    )
    const connections = await tx
      .delete(connection)
      .where(and(isOfThese, eq(connection.staysConnected, false), hasNoSession(tx)))
    return { sessions: sessions.length, connections: connections.rowCount ?? 0 }
  }

  /** Deletes connections without a session. Skips rows that another transaction has locked. */
  function deleteConnections(which: SQL, pace: Pace): Promise<number> {
    return deleteInBatches(
      (limit) =>
        inTransaction(async (tx) => {
          const locked = await tx
            .select({ id: connection.id })
            .from(connection)
            .where(and(which, hasNoSession(tx)))
            .limit(limit)
            .for("update", { skipLocked: true })
          if (locked.length === 0) return { rowCount: 0 }
          const ids = locked.map(({ id }) => id)
          // Checks again: a sign-in may have committed between the first statement and its lock.
          return tx.delete(connection).where(and(inArray(connection.id, ids), which, hasNoSession(tx)))
        }),
      pace,
    )
  }

  const readLive = `
    select ${accountConnectionColumns}, session.expires_at as "sessionExpiresAt", session.reference as "reference",
           session.last_seen_at < now() - make_interval(secs => ${SEEN_EVERY_SECONDS}) as "needsTouch"
      from "${databaseSchema()}".session as session
      join ${connectionTable()} as connection on connection.id = session.connection_id
     where session.id_hash = $1 and session.expires_at > now() and connection.account_uuid = $2`

  return {
    /** One query for session, connection and last profile. @returns null if the session has ended */
    async read(sid: string, account: string): Promise<LiveSession | null> {
      const { rows } = await db.query(readLive, [hashOf(sid), account])
      if (rows[0] === undefined) return null
      const { sessionExpiresAt, reference, needsTouch } = readRow(() => sessionColumns.parse(rows[0]))
      return { connection: accountConnectionOf(rows[0]), expiresAt: sessionExpiresAt, reference, needsTouch }
    },

    /** Records a visit, which extends the session, but never past its absolute limit. */
    async touch(sid: string): Promise<void> {
      const [seen] = await db
        .update(session)
        .set({ lastSeenAt: sql`now()`, expiresAt: limitedFrom(sql`now()`, session.createdAt) })
        .where(and(eq(session.idHash, hashOf(sid)), isLive))
        .returning({ connectionId: session.connectionId })
      // Once a day: a connection's row is large, and every change rewrites it.
      if (seen)
        await db
          .update(connection)
          .set({ lastVisitAt: sql`now()` })
          .where(
            and(eq(connection.id, seen.connectionId), lt(connection.lastVisitAt, sql`now() - ${days(1)}`)),
          )
    },

    /**
     * The signed-in browsers of a connection: `limit` of them after the first `offset`. The one whose `reference` is
     * `first` comes before the others, which are sorted by their last visit, newest first.
     */
    async list(
      connectionId: string,
      { limit, offset, first }: { limit: number; offset: number; first: string },
    ): Promise<SignedInBrowser[]> {
      return db
        .select({
          reference: session.reference,
          userAgent: session.userAgent,
          createdAt: session.createdAt,
          lastSeenAt: session.lastSeenAt,
        })
        .from(session)
        .where(and(eq(session.connectionId, connectionId), isLive))
        .orderBy(desc(eq(session.reference, first)), desc(session.lastSeenAt), session.reference)
        .limit(limit)
        .offset(offset)
    },

    /** Ends one or all of a connection's other sessions. @returns those that there were */
    async endOthers(connectionId: string, ownReference: string, reference?: string): Promise<EndedSession[]> {
      return inTransaction(async (tx) => {
        await lock(tx, eq(connection.id, connectionId))
        return tx
          .delete(session)
          .where(
            and(
              eq(session.connectionId, connectionId),
              ne(session.reference, ownReference),
              isLive,
              reference === undefined ? undefined : eq(session.reference, reference),
            ),
          )
          .returning({ userAgent: session.userAgent })
      })
    },

    /**
     * Deletes expired sessions, the connections that end with them, and connections that stay connected but have not been
     * visited for `STAY_CONNECTED_DAYS`. Each batch finds its rows through an index.
     *
     * @returns how many of each
     */
    async prune(pace: Pace): Promise<{ sessions: number; connections: number }> {
      let connections = 0
      const sessions = await deleteInBatches(async (limit) => {
        const ended = await inTransaction((tx) => endExpired(tx, limit))
        connections += ended.connections
        return { rowCount: ended.sessions }
      }, pace)
      return { sessions, connections: connections + (await deleteConnections(isForgotten(), pace)) }
    },

    /** Scans all connections, and deletes those without a session that do not stay connected. @returns how many */
    async pruneUnwanted(pace: Pace): Promise<number> {
      return deleteConnections(eq(connection.staysConnected, false), pace)
    },

    /**
     * Stores the connection's new tokens and a new session for this browser, and adds the sign-in to the Activity page. With
     * more than `MOST_SESSIONS`, the least recently seen one ends.
     *
     * @returns the new session's id, which only the browser stores
     */
    async signIn(signIn: SignIn): Promise<string> {
      const { account, save, previousSid } = signIn
      const sid = randomBytes(32).toString("base64url")
      const hashes = { idHash: hashOf(sid), previousHash: previousSid && hashOf(previousSid) }
      await inTransaction(async (tx) => {
        const previous = previousSid ? await accountOf(tx, previousSid) : undefined
        if (previous !== undefined && previous < account) await lock(tx, eq(connection.accountUuid, previous))
        const { id } = await save(connectionStore(tx))
        await startSession(tx, { ...signIn, ...hashes }, id)
        // Last: an account's last session takes its connection with it.
        if (previousSid) await end(tx, previousSid)
      })
      return sid
    },

    /**
     * Ends a session. If it is the account's last one, deletes its tokens too, unless the user chose to stay connected.
     *
     * @returns null if there was none
     */
    async end(sid: string): Promise<EndedSession | null> {
      return inTransaction((tx) => end(tx, sid))
    },
  }
}
export type SessionStore = ReturnType<typeof createSessionStore>
