import "server-only"
import { migrateDatabase } from "@/lib/db/migrate"
import { EnvironmentError, environment } from "@/lib/env"
import { reportFailure } from "@/lib/failure-report"
import { log } from "@/lib/log"
import { endOfNodeSupport } from "@/lib/node-support"

/** A server that cannot work ends at once and says why, one sentence per variable, instead of failing each request. */
export function refuseToStartWithoutEnvironment(): void {
  try {
    environment()
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

/** Once per start, since nothing else tells who runs it. */
export function warnOfUnsupportedNode(): void {
  const end = endOfNodeSupport()
  if (end !== null) log.warn("node_out_of_support", { code: process.version, reason: `since ${end}` })
}

/**
 * Brings the schema up to date before the first request. Not on Vercel, where functions start by the dozen and
 * the build has done it. A database that does not answer keeps no server from starting: health says so.
 */
export async function migrateAtStart(): Promise<void> {
  const { VERCEL, DATABASE_URL, DATABASE_URL_UNPOOLED = DATABASE_URL } = environment()
  if (VERCEL) return
  try {
    await migrateDatabase(DATABASE_URL_UNPOOLED)
  } catch (error) {
    reportFailure("database_not_migrated", error)
  }
}
