import {
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRes,
  RLWrapperTimeouts,
} from "rate-limiter-flexible"
import { databaseSchema } from "@/lib/env"
import { reportFailure } from "@/lib/server/failure-report"

const WINDOW_SECONDS = 60
/** The longest that counting may delay a request. */
const LONGEST_WAIT_MS = 500

/** Counts requests by a key, and says when there are too many. */
export type Limiter = {
  /** @returns whole seconds until the limit allows the next request; null if it allows this one */
  consume: (key: string) => Promise<number | null>
}

type Statement = { text: string; values: unknown[] }

/** Runs the counting statement: a pool of `pg`. */
export type CountingDatabase = { query: (statement: Statement) => Promise<unknown> }

/**
 * A limit that all servers share: the counts are in the table `rate_limit`. This server remembers a key above its limit
 * until its minute ends, so that a flood costs no queries. If the database does not answer quickly, this server
 * counts on its own: a slow database refuses no one.
 *
 * @param points requests in a minute; 0 for no limit
 */
export function createSharedLimiter(database: CountingDatabase, points: number): Limiter {
  if (points === 0) return unlimited
  const shared = new RateLimiterPostgres({
    // The library names its statements; poolers that give every transaction another connection lose named ones.
    storeClient: {
      query: ({ text, values }: Statement) =>
        database.query({ text, values }).catch((error: unknown) => {
          reportFailure("rate_limit_not_shared", error)
          throw error
        }),
    },
    storeType: "client",
    schemaName: databaseSchema(),
    tableName: "rate_limit",
    tableCreated: true,
    keyPrefix: "",
    points,
    duration: WINDOW_SECONDS,
    inMemoryBlockOnConsumed: points,
  })
  return limiterOf(
    new RLWrapperTimeouts({
      limiter: shared,
      timeoutMs: LONGEST_WAIT_MS,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix: "", points, duration: WINDOW_SECONDS }),
    }),
  )
}

/** A limit that each server counts on its own, for requests that cost less than a count in the database. */
export function createLocalLimiter(points: number): Limiter {
  if (points === 0) return unlimited
  return limiterOf(new RateLimiterMemory({ keyPrefix: "", points, duration: WINDOW_SECONDS }))
}

const unlimited: Limiter = { consume: async () => null }

function limiterOf(limiter: { consume: (key: string) => Promise<RateLimiterRes> }): Limiter {
  return {
    async consume(key) {
      try {
        await limiter.consume(key)
        return null
      } catch (outcome) {
        if (!(outcome instanceof RateLimiterRes)) return null
        return Math.max(1, Math.ceil(outcome.msBeforeNext / 1000))
      }
    },
  }
}
