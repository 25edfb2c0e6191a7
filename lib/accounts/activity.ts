import { and, desc, eq, lt } from "drizzle-orm"
import { type Database, db } from "@/lib/db/client"
import { activity } from "@/lib/db/schema"
import { reportFailure } from "@/lib/server/failure-report"

export type ActivityKind =
  | "signed_in"
  | "signed_out"
  | "session_ended"
  | "session_expired"
  | "renewed"
  | "renewal_failed"
  | "connection_ended"
  | "disconnected"
  | "data_exported"
  | "stays_connected"
  | "stays_not_connected"

export type ActivityEntry = { id: number; at: Date; kind: ActivityKind; detail: string | null }

/** Long enough for a person to notice a sign-in that was not theirs. */
export const ACTIVITY_KEPT_DAYS = 90

/** The detail of an entry for something that the site's operator did. */
export const BY_OPERATOR = "operator"

/** What happened to an account's connection and sessions, for the user to see. */
export function createActivityStore(database: Database) {
  return {
    /** Adds an entry. A failure is logged and not thrown: the action itself has succeeded. */
    async record(account: string, kind: ActivityKind, detail: string | null = null): Promise<void> {
      try {
        await database.insert(activity).values({ accountUuid: account, kind, detail })
      } catch (error) {
        reportFailure("activity_not_recorded", error, { account })
      }
    },

    /** @param before the `id` of the last entry on the previous page */
    async list(account: string, limit: number, before?: number): Promise<ActivityEntry[]> {
      const rows = await database
        .select({ id: activity.id, at: activity.at, kind: activity.kind, detail: activity.detail })
        .from(activity)
        .where(
          and(eq(activity.accountUuid, account), before === undefined ? undefined : lt(activity.id, before)),
        )
        .orderBy(desc(activity.id))
        .limit(limit)
      // A newer server may have written a kind that this one does not know.
      return rows.map((row) => ({ ...row, kind: row.kind as ActivityKind }))
    },
  }
}

let store: ReturnType<typeof createActivityStore> | undefined

/** The activity in this app's database. */
export function activities(): ReturnType<typeof createActivityStore> {
  store ??= createActivityStore(db())
  return store
}
