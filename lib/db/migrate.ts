import { readFile } from "node:fs/promises"
import path from "node:path"
import { sql } from "drizzle-orm"
import { databaseSchema } from "@/lib/env"
import { type Database, openDatabase } from "./client"
import { adoptTablesOfFirstVersion } from "./first-version"
import { MIGRATIONS_FOLDER, readSchemaState, type SchemaOptions } from "./schema-state"

/** Any number, as long as every migrating process uses the same. */
const MIGRATION_LOCK = 7_061_994

/** How long a migration waits for a table that is in use. Other statements on the table wait behind it. */
const TABLE_TIMEOUT_SECONDS = 5
const STATEMENT_TIMEOUT_MS = 60_000

/**
 * Brings our Postgres schema up to date: creates it, takes over the tables that 0.1.0 made in `public`, and runs the
 * missing migrations. All of it is one transaction that holds a lock, so it works through a pooler, and if two
 * machines migrate at the same time, only one does the work.
 *
 * @param url a Postgres address
 * @param options `waitSeconds`: how long to wait for another machine that migrates the same schema
 * @returns how many migrations it ran
 * @throws the error of the database. SQLSTATE 55P03: another migration or another use of a table took too long
 */
export async function migrateDatabase(
  url: string,
  {
    schema = databaseSchema(),
    migrationsFolder = MIGRATIONS_FOLDER,
    waitSeconds = 30,
  }: SchemaOptions & { waitSeconds?: number } = {},
): Promise<number> {
  const { db, close } = openDatabase(url, { maxConnections: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS })
  const options = { schema, migrationsFolder }
  try {
    // Looks before it locks: a role that may not change the schema can still start on one that is up to date.
    if ((await readSchemaState(db, options)).pending.length === 0) return 0
    return await db.transaction(async (tx) => {
      await limitLockWait(tx, waitSeconds)
      await tx.execute(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK}, hashtext(${schema}))`)
      await limitLockWait(tx, TABLE_TIMEOUT_SECONDS)
      await prepareSchema(tx, schema)
      const { pending } = await readSchemaState(tx, options)
      for (const name of pending) {
        await tx.execute(
          sql.raw(
            await readFile(/* turbopackIgnore: true */ path.join(migrationsFolder, `${name}.sql`), "utf8"),
          ),
        )
        await tx.execute(sql`insert into migration (name) values (${name})`)
      }
      return pending.length
    })
  } finally {
    await close()
  }
}

const limitLockWait = (tx: Database, seconds: number) =>
  tx.execute(sql.raw(`set local lock_timeout = '${seconds}s'`))

/** Creates the schema and its table of migrations if they are missing. From then on, unqualified names mean this schema. */
async function prepareSchema(tx: Database, schema: string): Promise<void> {
  const { rows } = await tx.execute(sql`select to_regnamespace(${`"${schema}"`}) is null as is_missing`)
  // Not `if not exists`, for which Postgres requires the right to create one.
  if (rows[0]?.is_missing) await tx.execute(sql`create schema ${sql.identifier(schema)}`)
  await tx.execute(sql`set local search_path to ${sql.identifier(schema)}`)
  const table = await tx.execute(sql`select to_regclass('migration') is null as is_missing`)
  if (!table.rows[0]?.is_missing) return
  await tx.execute(
    sql`create table migration (name text primary key, applied_at timestamp with time zone not null default now())`,
  )
  for (const name of await adoptTablesOfFirstVersion(tx, schema))
    await tx.execute(sql`insert into migration (name) values (${name})`)
}
