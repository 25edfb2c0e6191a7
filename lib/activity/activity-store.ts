import { and, desc, eq, inArray, lt, sql } from "drizzle-orm"
import type { Database } from "@/lib/db/client"
import { deleteInBatches, type Pace } from "@/lib/db/delete-in-batches"
import { activity } from "@/lib/db/schema"
import { reportFailure } from "@/lib/failure-report"

export type ActivityKind =
  | "signed_in"
  | "signed_out"
  | "session_ended"
  | "renewed"
  | "renewal_failed"
  | "connection_ended"
  | "disconnected"
  | "data_exported"
  | "stays_connected"
  | "stays_not_connected"

export type ActivityEntry = { id: number; at: Date; kind: ActivityKind; detail: string | null }

/** Long enough to recognise a stranger in it, and no longer. */
export const ACTIVITY_KEPT_DAYS = 90

/** The detail of an entry about something that the site's operator did, and not the person. */
export const BY_OPERATOR = "operator"

/** What happened to an account's connection and sessions, for the person's own eyes. */
export function createActivityStore(db: Database) {
  return {
    /** Writes an entry down. That it cannot be is logged, and fails nothing. */
    async record(accountUuid: string, kind: ActivityKind, detail: string | null = null): Promise<void> {
      try {
        await db.insert(activity).values({ accountUuid, kind, detail })
      } catch (error) {
        reportFailure("activity_not_recorded", error, { account: accountUuid })
      }
    },

    /** @param before the `id` of the last entry of the page before */
    async list(accountUuid: string, limit: number, before?: number): Promise<ActivityEntry[]> {
      const rows = await db
        .select({ id: activity.id, at: activity.at, kind: activity.kind, detail: activity.detail })
        .from(activity)
        .where(
          and(
            eq(activity.accountUuid, accountUuid),
            before === undefined ? undefined : lt(activity.id, before),
          ),
        )
        .orderBy(desc(activity.id))
        .limit(limit)
      return rows.map((row) => ({ ...row, kind: row.kind as ActivityKind }))
    },

    /** @returns how many entries were too old to keep */
    async prune(pace: Pace): Promise<number> {
      const isOld = lt(activity.at, sql`now() - make_interval(days => ${ACTIVITY_KEPT_DAYS})`)
      return deleteInBatches(
        (limit) =>
          db
            .delete(activity)
            .where(
              inArray(
                activity.id,
                db
                  .select({ id: activity.id })
                  .from(activity)
                  .where(isOld)
                  .limit(limit)
                  .for("update", { skipLocked: true }),
              ),
            ),
        pace,
      )
    },
  }
}
