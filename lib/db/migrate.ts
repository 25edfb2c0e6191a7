import path from "node:path"
import { drizzle } from "drizzle-orm/node-postgres"
import { migrate } from "drizzle-orm/node-postgres/migrator"
import { Client } from "pg"

/** Any constant: it only has to be the same for everybody who migrates this schema. */
const MIGRATION_LOCK = 7_061_993

/**
 * Brings a database's schema up to date. Running it twice, or on two machines at once, does it once.
 *
 * @param url a Postgres address
 * @param migrationsFolder where the migrations lie
 */
export async function migrateDatabase(
  url: string,
  migrationsFolder = path.join(process.cwd(), "lib/db/migrations"),
): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK])
    await migrate(drizzle(client), { migrationsFolder })
  } finally {
    await client.end()
  }
}
