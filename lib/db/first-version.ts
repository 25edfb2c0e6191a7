import { sql } from "drizzle-orm"
import type { Database } from "./client"

/**
 * What 0.1.0 did in the schema `public`, by the time stamp that Drizzle's migrator recorded in
 * `drizzle.__drizzle_migrations`, a table that it shares with every other app that uses Drizzle.
 */
const migrationsOfFirstVersion: Record<string, { name: string; tables: string[] }> = {
  "1795222325210": { name: "0000_first_version", tables: ["connection", "session", "task_lease"] },
  "1795226640715": { name: "0001_sessions_and_activity", tables: ["activity"] },
  "1795253545804": { name: "0002_rate_limit", tables: ["rate_limit"] },
  "1795255704763": { name: "0003_spent_state", tables: ["spent_state"] },
  "1795258432445": { name: "0004_connection_kind", tables: [] },
}

/**
 * Moves the tables of 0.1.0 from `public` into our schema, with their rows, indexes and constraints. In their place
 * it leaves views with the same names, through which servers of 0.1.0 read and write until the last of them has stopped.
 * Tables that 0.1.0 did not make stay as they are.
 *
 * @param schema ours; exists, and has no tables yet
 * @returns the names of the migrations that the tables have had; none if there are no such tables
 */
export async function adoptTablesOfFirstVersion(tx: Database, schema: string): Promise<string[]> {
  const { rowCount } = await tx.execute(sql`
    select 1 from pg_catalog.pg_attribute as attribute
      join pg_catalog.pg_class as class on class.oid = attribute.attrelid and class.relkind = 'r'
      join pg_catalog.pg_namespace as namespace on namespace.oid = class.relnamespace
     where namespace.nspname = 'public' and class.relname = 'connection' and attribute.attname = 'sealed_tokens'`)
  if (rowCount === 0) return []
  const recorded = await tx.execute(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as is_there`,
  )
  if (!recorded.rows[0]?.is_there) return []
  const { rows } = await tx.execute<{ created_at: string }>(
    sql`select created_at::text as created_at from drizzle.__drizzle_migrations`,
  )
  const applied = rows.flatMap(({ created_at }) => migrationsOfFirstVersion[created_at] ?? [])
  for (const table of applied.flatMap(({ tables }) => tables)) {
    const [from, to] = [
      sql`public.${sql.identifier(table)}`,
      sql`${sql.identifier(schema)}.${sql.identifier(table)}`,
    ]
    await tx.execute(sql`alter table ${from} set schema ${sql.identifier(schema)}`)
    // With the rights of the reader: with those of its owner, the view would show the rows to every reader of `public`.
    await tx.execute(sql`create view ${from} with (security_invoker = true) as select * from ${to}`)
  }
  return applied.map(({ name }) => name)
}
