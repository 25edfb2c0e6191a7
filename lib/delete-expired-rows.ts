import { inArray, lt, sql } from "drizzle-orm"
import { createActivityStore } from "@/lib/activity/activity-store"
import type { Database } from "@/lib/db/client"
import { deleteInBatches, type MayContinue } from "@/lib/db/delete-in-batches"
import { rateLimit } from "@/lib/db/schema"
import { createSessionStore } from "@/lib/sessions/session-store"
import { createSpentStates } from "@/lib/sign-in/spent-states"

/** How many of each have been deleted. */
export type Deleted = {
  sessions: number
  connections: number
  activity: number
  spentStates: number
  rateLimits: number
}

/**
 * Deletes expired sessions, connections without a session whose person does not stay connected, activity older than 90
 * days, the states of old sign-ins, and the request counts of past minutes: batch by batch, so that a run that is cut
 * short has deleted what it counted and the next run deletes the rest.
 *
 * @param mayContinue asked before each batch
 */
export async function deleteExpiredRows(
  db: Database,
  mayContinue: MayContinue = () => true,
): Promise<Deleted> {
  return {
    ...(await createSessionStore(db).prune(mayContinue)),
    activity: await createActivityStore(db).prune(mayContinue),
    spentStates: await createSpentStates(db).prune(mayContinue),
    rateLimits: await pruneRateLimits(db, mayContinue),
  }
}

/** rate-limiter-flexible deletes them by a timer, which does not come where functions sleep between requests. */
function pruneRateLimits(db: Database, mayContinue: MayContinue): Promise<number> {
  // The column is in milliseconds since 1970.
  const isOver = lt(rateLimit.expire, sql`extract(epoch from now()) * 1000`)
  return deleteInBatches(
    (limit) =>
      db
        .delete(rateLimit)
        .where(
          inArray(
            rateLimit.key,
            db.select({ key: rateLimit.key }).from(rateLimit).where(isOver).limit(limit),
          ),
        ),
    mayContinue,
  )
}
