import { createHash, randomBytes } from "node:crypto"
import { and, eq, gt, notExists, sql } from "drizzle-orm"
import type { Profile } from "@/lib/bitbucket/profile"
import {
  type Connection,
  connectionColumns,
  createConnectionStore,
  type NewTokens,
} from "@/lib/connections/connection-store"
import type { Database } from "@/lib/db/client"
import { connection, session } from "@/lib/db/schema"
import { SESSION_LIFETIME_SECONDS } from "./session-cookie"

export type LiveSession = { connection: Connection; expiresAt: Date }

type SignIn = {
  accountUuid: string
  profile: Profile
  tokens: NewTokens
  userAgent: string | null
  /** The session that this browser had until now; it ends. */
  previousSid: string | null
}

/** Sessions are known by the hash of their id, as passwords are: a leaked table signs nobody in. */
function hashOf(sid: string): string {
  return createHash("sha256").update(sid).digest("base64url")
}

/** The statements on sessions. */
export function createSessionStore(db: Database) {
  /** With a transaction of the caller's: the delete must see what a sign-in at the same moment has committed. */
  async function end(tx: Database, sid: string): Promise<void> {
    const [ended] = await tx
      .delete(session)
      .where(eq(session.idHash, hashOf(sid)))
      .returning({ connectionId: session.connectionId })
    if (!ended) return
    const isIt = eq(connection.id, ended.connectionId)
    await tx.select({ id: connection.id }).from(connection).where(isIt).for("update")
    const others = tx
      .select({ one: sql`1` })
      .from(session)
      .where(eq(session.connectionId, ended.connectionId))
    await tx.delete(connection).where(and(isIt, eq(connection.staysConnected, false), notExists(others)))
  }

  return {
    /** One query for session, connection and last profile. @returns null where the session has ended */
    async read(sid: string, accountUuid: string): Promise<LiveSession | null> {
      const [row] = await db
        .select({ ...connectionColumns, sessionExpiresAt: session.expiresAt })
        .from(session)
        .innerJoin(connection, eq(connection.id, session.connectionId))
        .where(
          and(
            eq(session.idHash, hashOf(sid)),
            gt(session.expiresAt, sql`now()`),
            eq(connection.accountUuid, accountUuid),
          ),
        )
      if (!row) return null
      const { sessionExpiresAt, ...rest } = row
      return { connection: rest, expiresAt: sessionExpiresAt }
    },

    /**
     * Stores what a sign-in brought: the connection's new tokens and a new session of this browser.
     *
     * @returns the new session's id, which is kept nowhere but in the browser
     */
    async signIn({ accountUuid, profile, tokens, userAgent, previousSid }: SignIn): Promise<string> {
      const sid = randomBytes(32).toString("base64url")
      await db.transaction(async (tx) => {
        const { id } = await createConnectionStore(tx).upsertAtSignIn({ accountUuid, profile }, tokens)
        await tx.insert(session).values({
          idHash: hashOf(sid),
          connectionId: id,
          userAgent: userAgent?.slice(0, 512) ?? null,
          expiresAt: sql`now() + make_interval(secs => ${SESSION_LIFETIME_SECONDS})`,
        })
        if (previousSid) await end(tx, previousSid)
      })
      return sid
    },

    /** Ends a session; with an account's last session its tokens go, unless the person chose to stay connected. */
    async end(sid: string): Promise<void> {
      await db.transaction((tx) => end(tx, sid))
    },
  }
}
