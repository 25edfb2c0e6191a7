import { createActivityStore } from "@/lib/activity/activity-store"
import type { Database } from "@/lib/db/client"
import { createSessionStore } from "@/lib/sessions/session-store"
import { createSpentStates } from "@/lib/sign-in/spent-states"

/** How many of each have been deleted. */
export type Deleted = { sessions: number; connections: number; activity: number; spentStates: number }

/** Deletes sessions that have lapsed, connections that nobody wants any more, old activity, and states of old sign-ins. */
export async function deleteWhatIsOver(db: Database): Promise<Deleted> {
  return {
    ...(await createSessionStore(db).prune()),
    activity: await createActivityStore(db).prune(),
    spentStates: await createSpentStates(db).prune(),
  }
}
