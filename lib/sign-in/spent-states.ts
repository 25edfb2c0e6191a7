import { createHash } from "node:crypto"
import { setTimeout as wait } from "node:timers/promises"
import { eq, sql } from "drizzle-orm"
import type { Database } from "@/lib/db/client"
import { spentState } from "@/lib/db/schema"
import { FLOW_LIFETIME_SECONDS } from "./flow-cookie"

/** Well beyond the life of what belongs to a state, however far the clocks of two servers are apart. */
const KEPT_SECONDS = 4 * FLOW_LIFETIME_SECONDS
/** Bitbucket has some five seconds, and the database needs a moment before and after. A server that died gives none. */
const LONGEST_ANSWER_SECONDS = 8
const POLL_MS = 100

/**
 * The `state`s whose answer has come. A browser can be made to send its old cookies again; only a store knows that
 * (RFC 6749 §10.12, RFC 9700 §4.7).
 */
export function createSpentStates(db: Database) {
  return {
    /**
     * Takes an authorization's `state` for this answer.
     *
     * @returns false if an answer with it has come before, on whatever server
     * @throws the database's error
     */
    async spend(state: string): Promise<boolean> {
      const { rowCount } = await db
        .insert(spentState)
        .values({
          stateHash: hashOf(state),
          expiresAt: sql`now() + make_interval(secs => ${KEPT_SECONDS})`,
        })
        .onConflictDoNothing()
      return rowCount === 1
    },

    /** Says where the answer that took this `state` leads. @param path on the app's own origin */
    async recordLanding(state: string, path: string): Promise<void> {
      await db
        .update(spentState)
        .set({ landing: path })
        .where(eq(spentState.stateHash, hashOf(state)))
    },

    /**
     * Waits for the answer that another server is working on.
     *
     * @returns where it leads; null if it came before this request, or does not come
     */
    async waitForLanding(state: string): Promise<string | null> {
      for (let looks = 0; ; looks++) {
        const [row] = await db
          .select({
            landing: spentState.landing,
            isExpected: sql<boolean>`${spentState.expiresAt} > now() + make_interval(secs => ${KEPT_SECONDS - LONGEST_ANSWER_SECONDS})`,
          })
          .from(spentState)
          .where(eq(spentState.stateHash, hashOf(state)))
        if (row?.landing) return looks > 0 ? row.landing : null
        if (!row?.isExpected) return null
        await wait(POLL_MS)
      }
    },
  }
}

function hashOf(state: string): string {
  return createHash("sha256").update(state).digest("base64url")
}
