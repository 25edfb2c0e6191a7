import { sql } from "drizzle-orm"
import { openDatabase } from "@/lib/db/client"
import { databaseErrorOf } from "@/lib/db/errors"
import { readSchemaState, type SchemaState } from "@/lib/db/schema-state"
import { checkClock } from "./clock"
import { type CheckResult, failed, ok, warning } from "./result"

/**
 * Whether the database answers, has the schema of this version, and what time it has: asked the way the app asks.
 *
 * @param schema the Postgres schema of the app's tables
 */
export async function checkDatabase(url: string, schema?: string): Promise<CheckResult[]> {
  const { db, close } = openDatabase(url, { maxConnections: 1 })
  try {
    // Connecting and waking come first, so that they do not count as a difference between the clocks.
    await db.execute(sql`select 1`)
    const askedAt = Date.now()
    const state = await readSchemaState(db, { schema })
    const aheadSeconds = (state.now.getTime() - (askedAt + Date.now()) / 2) / 1_000
    return [
      ok("database.reachable", "The database answers."),
      checkSchema(state),
      checkClock("database", aheadSeconds),
    ]
  } catch (error) {
    return [failed("database.reachable", ...explainDatabaseFailure(databaseErrorOf(error).reason))]
  } finally {
    await close()
  }
}

function checkSchema({ pending, isNewer }: SchemaState): CheckResult {
  const id = "database.schema"
  if (pending.length > 0)
    return failed(
      id,
      `The database's schema is behind: ${pending.length === 1 ? "one migration is" : `${pending.length} migrations are`} missing.`,
      "Run `npm run db:migrate` with this DATABASE_URL. Outside Vercel, starting the app again does it too.",
    )
  if (isNewer)
    return warning(
      id,
      "The database's schema is of a later version than this one.",
      "Run the version of the app that migrated it, or one after it.",
    )
  return ok(id, "The database's schema is up to date.")
}

/**
 * Says what a failure of the database means, and what to do about it.
 *
 * @param reason of a `DatabaseError`
 */
export function explainDatabaseFailure(reason: string): [sentence: string, remedy: string] {
  switch (reason) {
    case "ECONNREFUSED":
      return [
        "The database is not there: nothing listens at the host and port of DATABASE_URL.",
        "Start it, or correct DATABASE_URL. `npm run demo` brings a Postgres of its own.",
      ]
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return ["The host of DATABASE_URL has no address.", "Correct the host in DATABASE_URL."]
    case "28P01":
    case "28000":
      return [
        "Postgres refuses the user or the password of DATABASE_URL.",
        "Correct them. Special characters of a password are percent-encoded in an address. Some hosts also ask for `?sslmode=require`.",
      ]
    case "3D000":
      return [
        "Postgres has no database of the name in DATABASE_URL.",
        "Correct the name, or create the database.",
      ]
    case "42501":
      return [
        "Postgres forbids the user of this address what it has asked for.",
        "The app needs to read and write its tables, and a migration to create them: see `deploy/roles.sql`.",
      ]
    case "42P07":
      return [
        "The schema has a table of the same name that another app has made.",
        "Set DATABASE_SCHEMA to a name that nothing else uses.",
      ]
    case "55P03":
      return [
        "Another migration, or another program's long transaction, is holding the tables.",
        "Wait until it has ended, then try again. Nothing has been changed.",
      ]
    case "08P01":
      return [
        "The pooler before the database refuses a parameter that the address sets.",
        "Remove what follows the `?` in DATABASE_URL, except `sslmode`.",
      ]
    case "53300":
      return ["Postgres has no connection to spare.", "Raise its limit, or use the address of its pooler."]
    case "timeout":
      return [
        "The database did not answer within a few seconds.",
        "Is it awake, and does a firewall let this machine in?",
      ]
  }
  if (reason === "tls" || /CERT|ISSUER/.test(reason))
    return [
      "The database and this app do not agree on TLS.",
      "Look at `sslmode` in DATABASE_URL, and whether this machine trusts the database's certificate.",
    ]
  return [
    `The database could not be read (${reason}).`,
    "Try the same DATABASE_URL with `psql`, which says more.",
  ]
}
