import { sql } from "drizzle-orm"
import { type Database, openDatabase } from "@/lib/db/client"
import { databaseErrorOf } from "@/lib/db/errors"
import { explainDatabaseFailure } from "@/lib/db/explain-failure"
import { readSchemaState, type SchemaState } from "@/lib/db/schema-state"
import { databaseSchema } from "@/lib/env"
import { type CheckResult, failed, ok, warning } from "./result"

type Examined = {
  results: CheckResult[]
  /** How far the database's clock is ahead of this machine's; null if that is unknown. */
  clockAheadSeconds: number | null
}

/**
 * Checks whether the database answers, has the schema of this version and lets its user work with it, as the app would.
 *
 * @param schema the Postgres schema of the app's tables
 */
export async function checkDatabase(url: string, schema = databaseSchema()): Promise<Examined> {
  const { db, close } = openDatabase(url, { maxConnections: 1 })
  try {
    // Connecting and waking come first, so that they do not count as a difference between the clocks.
    const { rows } = await db.execute<{ is_read_only: boolean }>(
      sql`select current_setting('transaction_read_only') = 'on' as is_read_only`,
    )
    const reachable = rows[0]?.is_read_only
      ? unreachable("25006")
      : ok("database.reachable", "The database answers.")
    const askedAt = Date.now()
    const state = await readSchemaState(db, { schema })
    const clockAheadSeconds = (state.now.getTime() - (askedAt + Date.now()) / 2) / 1_000
    const results = [reachable, checkSchema(state)]
    if (state.pending.length === 0) results.push(await checkRights(db, schema))
    return { results, clockAheadSeconds }
  } catch (error) {
    return { results: [unreachable(databaseErrorOf(error).reason)], clockAheadSeconds: null }
  } finally {
    await close()
  }
}

function unreachable(reason: string): CheckResult {
  const { code, cause, fix } = explainDatabaseFailure(reason)
  return failed("database.reachable", code, cause, fix)
}

function checkSchema({ pending, isNewer }: SchemaState): CheckResult {
  const id = "database.schema"
  if (pending.length > 0)
    return failed(
      id,
      "schema_behind",
      `The database's schema is behind: ${pending.length === 1 ? "one migration is" : `${pending.length} migrations are`} missing`,
      "run `npm run db:migrate` with this environment, or start the app, which does the same",
    )
  if (isNewer)
    return warning(
      id,
      "schema_newer",
      "The database's schema is of a later version than this one",
      "deploy the version that migrated it, or a later one",
    )
  return ok(id, "The database's schema is up to date.")
}

/** A role that may read the schema's state but not use the tables would fail at the first sign-in. */
async function checkRights(db: Database, schema: string): Promise<CheckResult> {
  const id = "database.rights"
  const { rows } = await db.execute<{ forbidden: number }>(sql`
    select count(*)::int as forbidden
      from pg_catalog.pg_class as class join pg_catalog.pg_namespace as namespace on namespace.oid = class.relnamespace
     where namespace.nspname = ${schema} and class.relkind = 'r' and class.relname <> 'migration'
       and not (has_table_privilege(class.oid, 'select') and has_table_privilege(class.oid, 'insert')
            and has_table_privilege(class.oid, 'update') and has_table_privilege(class.oid, 'delete'))`)
  if (rows[0]?.forbidden === 0) return ok(id, "The user of DATABASE_URL may read and write the tables.")
  const { code, cause, fix } = explainDatabaseFailure("42501")
  return failed(id, code, cause, fix)
}
