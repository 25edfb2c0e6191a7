import { createHash } from "node:crypto"
import { inArray, lte, sql } from "drizzle-orm"
import type { Database } from "@/lib/db/client"
import { deleteInBatches, type MayContinue } from "@/lib/db/delete-in-batches"
import { spentState } from "@/lib/db/schema"
import { FLOW_LIFETIME_SECONDS } from "./cookies"

/** Well beyond the life of what belongs to a state, however far the clocks of two servers are apart. */
const KEPT_SECONDS = 4 * FLOW_LIFETIME_SECONDS

/**
 * The `state`s whose answer has come. A browser can be made to send its old cookies again; only a store knows that
 * (RFC 6749 §10.12, RFC 9700 §4.7).
 */
export function createSpentStates(db: Database) {
  return {
    /**
     * Takes an authorization's `state` for this answer.
     *
     * @returns false where an answer with it has come before, on whatever server
     * @throws the database's error where it cannot be asked
     */
    async spend(state: string): Promise<boolean> {
      const { rowCount } = await db
        .insert(spentState)
        .values({
          stateHash: createHash("sha256").update(state).digest("base64url"),
          expiresAt: sql`now() + make_interval(secs => ${KEPT_SECONDS})`,
        })
        .onConflictDoNothing()
      return rowCount === 1
    },

    /** @returns how many were old enough to be forgotten */
    async prune(mayContinue: MayContinue): Promise<number> {
      const isOld = lte(spentState.expiresAt, sql`now()`)
      return deleteInBatches((limit) => {
        const old = db.select({ stateHash: spentState.stateHash }).from(spentState).where(isOld).limit(limit)
        return db.delete(spentState).where(inArray(spentState.stateHash, old))
      }, mayContinue)
    },
  }
}
