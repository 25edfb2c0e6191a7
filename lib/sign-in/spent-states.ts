import { createHash } from "node:crypto"
import { setTimeout as wait } from "node:timers/promises"
import { eq, sql } from "drizzle-orm"
import type { Database } from "@/lib/db/client"
import { spentState } from "@/lib/db/schema"
import { FLOW_LIFETIME_SECONDS } from "./flow-cookie"

/** Much longer than a flow lasts, to allow for clocks that differ between servers. */
const KEPT_SECONDS = 4 * FLOW_LIFETIME_SECONDS
/** Bitbucket has about five seconds, and the database needs a moment before and after. If the server has died, no answer comes. */
const LONGEST_ANSWER_SECONDS = 8
const POLL_MS = 100

/**
 * The `state` values that have been used. An attacker can make a browser send its old cookies again, and only the database can
 * tell (RFC 6749 §10.12, RFC 9700 §4.7).
 */
export function createSpentStates(db: Database) {
  return {
    /**
     * Marks a `state` as used by this authorization response.
     *
     * @returns false if a response has used it before, on any server
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

    /** Records where the response with this `state` led. @param path on the app's own origin */
    async recordLanding(state: string, path: string): Promise<void> {
      await db
        .update(spentState)
        .set({ landing: path })
        .where(eq(spentState.stateHash, hashOf(state)))
    },

    /**
     * Waits for the response that another server is preparing.
     *
     * @returns where it leads; null if it was sent before this request, or never is
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
