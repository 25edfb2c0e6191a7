import { inArray, lt, sql } from "drizzle-orm"
import { createActivityStore } from "@/lib/activity/activity-store"
import type { Database } from "@/lib/db/client"
import { deleteInBatches, type Pace } from "@/lib/db/delete-in-batches"
import { rateLimit } from "@/lib/db/schema"
import { createSessionStore } from "@/lib/sessions/session-store"
import { createSpentStates } from "@/lib/sign-in/spent-states"

/** Every batch ends well within the limit on a statement. */
const WHOLE = { batchSize: 1_000, mostBatches: Number.POSITIVE_INFINITY }
/** Behind the answer to a sign-in: more than one sign-in leaves behind, so that what has expired becomes less. */
const SOME: Pace = { batchSize: 100, mostBatches: 1, mayContinue: () => true }

/** How many of each have been deleted. */
export type Deleted = {
  sessions: number
  connections: number
  activity: number
  spentStates: number
  rateLimits: number
}

/**
 * Deletes expired sessions, connections without a session whose person does not stay connected or has not visited for
 * `STAY_CONNECTED_DAYS`, activity older than 90 days, the states of old sign-ins, and the request counts of past minutes:
 * batch by batch, so that a run that is cut short has deleted what it counted and the next run deletes the rest.
 *
 * @param mayContinue asked before each batch
 */
export async function deleteExpiredRows(
  db: Database,
  mayContinue: () => boolean = () => true,
): Promise<Deleted> {
  const pace = { ...WHOLE, mayContinue }
  const deleted = await prune(db, pace)
  return { ...deleted, connections: deleted.connections + (await createSessionStore(db).pruneUnwanted(pace)) }
}

/** Deletes a few of them, each found by an index: so a deployment that nothing calls daily does not keep them for ever. */
export function deleteSomeExpiredRows(db: Database): Promise<Deleted> {
  return prune(db, SOME)
}

async function prune(db: Database, pace: Pace): Promise<Deleted> {
  return {
    ...(await createSessionStore(db).prune(pace)),
    activity: await createActivityStore(db).prune(pace),
    spentStates: await createSpentStates(db).prune(pace),
    rateLimits: await pruneRateLimits(db, pace),
  }
}

/** rate-limiter-flexible deletes them by a timer, which does not come where functions sleep between requests. */
function pruneRateLimits(db: Database, pace: Pace): Promise<number> {
  // The column is in milliseconds since 1970.
  const isOver = lt(rateLimit.expire, sql`extract(epoch from now()) * 1000`)
  return deleteInBatches(
    (limit) =>
      db
        .delete(rateLimit)
        .where(
          inArray(
            rateLimit.key,
            db
              .select({ key: rateLimit.key })
              .from(rateLimit)
              .where(isOver)
              .limit(limit)
              .for("update", { skipLocked: true }),
          ),
        ),
    pace,
  )
}
