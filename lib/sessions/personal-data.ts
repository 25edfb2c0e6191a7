import { desc, eq, inArray } from "drizzle-orm"
import { z } from "zod"
import type { Connection } from "@/lib/accounts/connection"
import { type Profile, profileSchema } from "@/lib/bitbucket/profile"
import type { Database } from "@/lib/db/client"
import { readRow } from "@/lib/db/errors"
import { activity, connection, session, tokenUse } from "@/lib/db/schema"

/** Everything that the database holds about one account, except what gives access: tokens and session ids. */
export type PersonalData = {
  account: string
  exportedAt: Date
  profile: Profile | null
  connection:
    | (Pick<
        Connection,
        | "kind"
        | "status"
        | "scopes"
        | "staysConnected"
        | "connectedAt"
        | "issuedAt"
        | "expiresAt"
        | "refreshedAt"
        | "lastFailureAt"
      > & { profileReadAt: Date | null; lastFailure: string | null })
    | null
  sessions: { userAgent: string | null; createdAt: Date; lastSeenAt: Date; expiresAt: Date }[]
  /** By the kinds of the version that wrote each entry. */
  activity: { at: Date; kind: string; detail: string | null }[]
  /** What the token was used for, counted by the hour. */
  tokenUses: { hour: Date; purpose: string; count: number; lastAt: Date }[]
}

/** How many rows of each kind. */
export type StoredRows = { connections: number; sessions: number; activity: number; tokenUses: number }

const connectionFields = {
  kind: connection.kind,
  status: connection.status,
  scopes: connection.scopes,
  staysConnected: connection.staysConnected,
  connectedAt: connection.connectedAt,
  issuedAt: connection.issuedAt,
  expiresAt: connection.expiresAt,
  refreshedAt: connection.refreshedAt,
  profileReadAt: connection.profileReadAt,
  lastFailure: connection.lastFailure,
  lastFailureAt: connection.lastFailureAt,
}

const storedProfile = z.object({ profile: profileSchema.nullable() })

const sessionFields = {
  userAgent: session.userAgent,
  createdAt: session.createdAt,
  lastSeenAt: session.lastSeenAt,
  expiresAt: session.expiresAt,
}

/** Reads and deletes what the database stores about one person. */
export function createPersonalData(db: Database) {
  return {
    /** @returns null if the database holds nothing about the account */
    async collect(account: string): Promise<PersonalData | null> {
      const [row] = await db
        .select({ id: connection.id, profile: connection.profile, ...connectionFields })
        .from(connection)
        .where(eq(connection.accountUuid, account))
      const entries = await db
        .select({ at: activity.at, kind: activity.kind, detail: activity.detail })
        .from(activity)
        .where(eq(activity.accountUuid, account))
        .orderBy(desc(activity.id))
      const tokenUses = await db
        .select({
          hour: tokenUse.hour,
          purpose: tokenUse.purpose,
          count: tokenUse.count,
          lastAt: tokenUse.lastAt,
        })
        .from(tokenUse)
        .where(eq(tokenUse.accountUuid, account))
        .orderBy(desc(tokenUse.hour), tokenUse.purpose)
      if (!row && entries.length === 0 && tokenUses.length === 0) return null
      const found = { account, exportedAt: new Date(), activity: entries, tokenUses }
      if (!row) return { ...found, profile: null, connection: null, sessions: [] }
      const { id, profile: _, status, ...kept } = row
      return {
        ...found,
        profile: readRow(() => storedProfile.parse(row)).profile,
        connection: { ...kept, status: status === "active" ? "active" : "ended" },
        sessions: await db
          .select(sessionFields)
          .from(session)
          .where(eq(session.connectionId, id))
          .orderBy(desc(session.lastSeenAt)),
      }
    },

    /** How much the database holds about the account. Reads no row, so it works for one that cannot be read. */
    async count(account: string): Promise<StoredRows> {
      const ofAccount = eq(connection.accountUuid, account)
      const ids = db.select({ id: connection.id }).from(connection).where(ofAccount)
      return {
        connections: await db.$count(connection, ofAccount),
        sessions: await db.$count(session, inArray(session.connectionId, ids)),
        activity: await db.$count(activity, eq(activity.accountUuid, account)),
        tokenUses: await db.$count(tokenUse, eq(tokenUse.accountUuid, account)),
      }
    },

    /**
     * Deletes the connection with its tokens and its profile, every session and all activity, in one transaction:
     * everything or nothing.
     */
    async erase(account: string): Promise<StoredRows> {
      return db.transaction(async (tx) => {
        const [held] = await tx
          .select({ id: connection.id })
          .from(connection)
          .where(eq(connection.accountUuid, account))
          .for("update")
        const sessions = held ? await tx.delete(session).where(eq(session.connectionId, held.id)) : null
        const connections = held ? await tx.delete(connection).where(eq(connection.id, held.id)) : null
        const entries = await tx.delete(activity).where(eq(activity.accountUuid, account))
        const uses = await tx.delete(tokenUse).where(eq(tokenUse.accountUuid, account))
        return {
          connections: connections?.rowCount ?? 0,
          sessions: sessions?.rowCount ?? 0,
          activity: entries.rowCount ?? 0,
          tokenUses: uses.rowCount ?? 0,
        }
      })
    },
  }
}
