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
 * @returns how many migrations it took
 */
export async function migrateDatabase(
  url: string,
  migrationsFolder = path.join(process.cwd(), "lib/db/migrations"),
): Promise<number> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK])
    const before = await countApplied(client)
    await migrate(drizzle(client), { migrationsFolder })
    return (await countApplied(client)) - before
  } finally {
    await client.end()
  }
}

async function countApplied(client: Client): Promise<number> {
  const table = "drizzle.__drizzle_migrations"
  const { rows: found } = await client.query("select to_regclass($1) is not null as is_there", [table])
  if (!found[0]?.is_there) return 0
  const { rows } = await client.query(`select count(*)::int as applied from ${table}`)
  return rows[0].applied
}
