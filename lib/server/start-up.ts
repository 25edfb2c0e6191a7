import "server-only"
import { setTimeout as wait } from "node:timers/promises"
import { db } from "@/lib/db/client"
import { databaseErrorOf } from "@/lib/db/errors"
import { explainDatabaseFailure } from "@/lib/db/explain-failure"
import { migrateDatabase } from "@/lib/db/migrate"
import { readSchemaState } from "@/lib/db/schema-state"
import { EnvironmentError, environment } from "@/lib/env"
import { drainSignal } from "./drain"
import { reportFailure } from "./failure-report"
import { log } from "./log"
import { endOfNodeSupport } from "./node-support"

/** A server with an unusable environment exits immediately with one sentence per variable, instead of failing each request. */
export function refuseToStartWithoutEnvironment(): void {
  try {
    environment()
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

/** Once per start, since nothing else tells the operator. */
export function warnOfUnsupportedNode(): void {
  const end = endOfNodeSupport()
  if (end !== null) log.warn("node_out_of_support", { code: process.version, reason: `since ${end}` })
}

/** How long the first request may have to wait for the schema. After that, readiness says whether it is there. */
const LONGEST_WAIT_MS = 5_000
const LONGEST_PAUSE_SECONDS = 30

/**
 * Brings the schema up to date, except on Vercel, where dozens of functions start and the build has done it. If it
 * fails, the server starts anyway: it logs why, is not ready, and retries until it succeeds.
 *
 * @returns after the first attempt has succeeded or failed, or after five seconds
 */
export async function migrateAtStart(): Promise<void> {
  if (environment().VERCEL) return
  const firstAttempt = migrate()
  void firstAttempt.then(migrateAgainAfter)
  await Promise.race([firstAttempt, wait(LONGEST_WAIT_MS, undefined, { ref: false })])
}

async function migrateAgainAfter(failure: string | null): Promise<void> {
  const signal = drainSignal()
  let last = failure
  for (
    let pauseSeconds = 1;
    last !== null;
    pauseSeconds = Math.min(2 * pauseSeconds, LONGEST_PAUSE_SECONDS)
  ) {
    await wait(pauseSeconds * 1_000, undefined, { ref: false, signal }).catch(() => undefined)
    if (signal.aborted) return
    last = await migrate(last)
    if (last === null) log.info("database_migrated")
  }
}

/**
 * @param known the failure that has already been reported
 * @returns why it failed, as SQLSTATE or the socket's code; null if it worked
 */
async function migrate(known?: string): Promise<string | null> {
  const { DATABASE_URL, DATABASE_URL_UNPOOLED = DATABASE_URL } = environment()
  try {
    // The app's own connection then serves the first request, too.
    const isUpToDate =
      DATABASE_URL_UNPOOLED === DATABASE_URL && (await readSchemaState(db())).pending.length === 0
    if (!isUpToDate) await migrateDatabase(DATABASE_URL_UNPOOLED)
    return null
  } catch (error) {
    const { reason } = databaseErrorOf(error)
    const { code, cause, fix } = explainDatabaseFailure(reason)
    if (reason !== known)
      reportFailure("database_not_migrated", error, { code, reason: `${cause} (${reason}); ${fix}.` })
    return reason
  }
}
