import path from "node:path"
import { readMigrationFiles } from "drizzle-orm/migrator"
import { Client } from "pg"

export type SchemaState = {
  /** Migrations that are here and not in the database. */
  pending: number
  /** The database has been migrated by a later version of the app. */
  isNewer: boolean
  /** What time the database has. */
  now: Date
}

/**
 * Compares a database's schema with the migrations, without changing anything.
 *
 * @param url a Postgres address
 * @throws the driver's error where the database cannot be read
 */
export async function readSchemaState(
  url: string,
  migrationsFolder = path.join(process.cwd(), "lib/db/migrations"),
): Promise<SchemaState> {
  const known = readMigrationFiles({ migrationsFolder }).map(({ folderMillis }) => folderMillis)
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3_000, query_timeout: 4_000 })
  try {
    await client.connect()
    const { rows } = await client.query<{ now: Date; table: string | null }>(
      "select clock_timestamp() as now, to_regclass('drizzle.__drizzle_migrations') as table",
    )
    const last = rows[0]?.table ? await lastMigration(client) : 0
    return {
      pending: known.filter((millis) => millis > last).length,
      isNewer: last > Math.max(...known),
      now: rows[0]?.now ?? new Date(),
    }
  } finally {
    await client.end()
  }
}

async function lastMigration(client: Client): Promise<number> {
  const { rows } = await client.query<{ last: string | null }>(
    "select max(created_at) as last from drizzle.__drizzle_migrations",
  )
  return Number(rows[0]?.last ?? 0)
}
