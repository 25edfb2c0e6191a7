import { inArray, lt, sql } from "drizzle-orm"
import { createActivityStore } from "@/lib/activity/activity-store"
import type { Database } from "@/lib/db/client"
import { deleteInBatches } from "@/lib/db/delete-in-batches"
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
 * Deletes sessions that have lapsed, connections that nobody wants any more, old activity, states of old sign-ins, and
 * counts of requests whose minute is over.
 */
export async function deleteWhatIsOver(db: Database): Promise<Deleted> {
  return {
    ...(await createSessionStore(db).prune()),
    activity: await createActivityStore(db).prune(),
    spentStates: await createSpentStates(db).prune(),
    rateLimits: await pruneRateLimits(db),
  }
}

/** rate-limiter-flexible deletes them by a timer, which does not come where functions sleep between requests. */
function pruneRateLimits(db: Database): Promise<number> {
  // The column is in milliseconds since 1970.
  const isOver = lt(rateLimit.expire, sql`extract(epoch from now()) * 1000`)
  return deleteInBatches((limit) =>
    db
      .delete(rateLimit)
      .where(
        inArray(rateLimit.key, db.select({ key: rateLimit.key }).from(rateLimit).where(isOver).limit(limit)),
      ),
  )
}
