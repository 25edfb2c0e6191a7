import { and, eq, exists, gt, isNull, lte, or, type SQL, sql } from "drizzle-orm"
import type { Database } from "@/lib/db/client"
import { connection, session } from "@/lib/db/schema"
import { type Connection, connectionColumns } from "./connection-store"

/** `idleSince` is Postgres's own text: a Date would lose its microseconds, and a list that goes on its place. */
export type IdleConnection = Connection & { idleSince: string }

export type SealedRow = Pick<Connection, "id" | "accountUuid" | "sealedTokens">

/**
 * The statements of work that goes through many connections, batch by batch.
 *
 * @param issuer of this deployment: what is idle at another is not ours to refresh
 */
export function createMaintenanceStore(db: Database, issuer: string) {
  /**
   * Connections whose refresh token has not been used for a while and that somebody still wants: signed in
   * somewhere, or staying connected while signed out.
   */
  function isIdle(issuedBefore: SQL) {
    const wanted = db
      .select({ one: sql`1` })
      .from(session)
      .where(and(eq(session.connectionId, connection.id), gt(session.expiresAt, sql`now()`)))
    return and(
      eq(connection.issuer, issuer),
      eq(connection.status, "active"),
      eq(connection.kind, "oauth2"),
      lte(connection.issuedAt, issuedBefore),
      or(isNull(connection.retryAt), lte(connection.retryAt, sql`now()`)),
      or(eq(connection.staysConnected, true), exists(wanted)),
    )
  }

  const daysAgo = (days: number) => sql`now() - make_interval(secs => ${days * 86_400})`

  return {
    countIdle: (idleDays: number): Promise<number> => db.$count(connection, isIdle(daysAgo(idleDays))),

    /** @returns the moment since when a connection must have been idle, for `listIdle` */
    async idleSince(idleDays: number): Promise<string> {
      const { rows } = await db.execute<{ moment: string }>(
        sql`select (${daysAgo(idleDays)})::text as moment`,
      )
      return rows[0]?.moment ?? ""
    },

    /**
     * Idle connections, oldest first.
     *
     * @param since the same for every batch: what has been renewed meanwhile must not come again
     * @param after the last one of the batch before
     */
    async listIdle(since: string, limit: number, after?: IdleConnection): Promise<IdleConnection[]> {
      return db
        .select({
          ...connectionColumns,
          idleSince: sql<string>`${connection.issuedAt}::text`.as("idle_since"),
        })
        .from(connection)
        .where(
          and(
            isIdle(sql`${since}::timestamptz`),
            after &&
              sql`(${connection.issuedAt}, ${connection.id}) > (${after.idleSince}::timestamptz, ${after.id}::uuid)`,
          ),
        )
        .orderBy(connection.issuedAt, connection.id)
        .limit(limit)
    },

    countSealed: (): Promise<number> => db.$count(connection),

    /** The sealed tokens of every connection, in batches by id. @param afterId the last one of the batch before */
    async listSealed(limit: number, afterId?: string): Promise<SealedRow[]> {
      return db
        .select({
          id: connection.id,
          accountUuid: connection.accountUuid,
          sealedTokens: connection.sealedTokens,
        })
        .from(connection)
        .where(afterId === undefined ? undefined : gt(connection.id, afterId))
        .orderBy(connection.id)
        .limit(limit)
    },

    /** Compare-and-set. @returns false where the tokens have been replaced since they were read */
    async replaceSealed({ id, sealedTokens }: SealedRow, resealed: string): Promise<boolean> {
      const rows = await db
        .update(connection)
        .set({ sealedTokens: resealed })
        .where(and(eq(connection.id, id), eq(connection.sealedTokens, sealedTokens)))
        .returning({ id: connection.id })
      return rows.length > 0
    },
  }
}

export type MaintenanceStore = ReturnType<typeof createMaintenanceStore>
