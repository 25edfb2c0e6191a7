import { readdir } from "node:fs/promises"
import path from "node:path"
import { sql } from "drizzle-orm"
import { databaseSchema } from "@/lib/env"
import type { Database } from "./client"

/** Plain SQL, one file per migration; their names give their order. */
export const MIGRATIONS_FOLDER = path.join(process.cwd(), "lib/db/migrations")

export type SchemaOptions = { schema?: string | undefined; migrationsFolder?: string | undefined }

export type SchemaState = {
  /** The names of the migrations that this version has and the database lacks, in their order. */
  pending: string[]
  /** The database has been migrated by a later version of the app. */
  isNewer: boolean
  /** The time on the database's clock. */
  now: Date
}

/**
 * Compares a database's schema with the migrations of this version, without changing anything.
 *
 * @throws the database's error, if it cannot be read
 */
export async function readSchemaState(
  db: Database,
  { schema = databaseSchema(), migrationsFolder = MIGRATIONS_FOLDER }: SchemaOptions = {},
): Promise<SchemaState> {
  const known = (await readdir(/* turbopackIgnore: true */ migrationsFolder))
    .filter((file) => file.endsWith(".sql"))
    .map((file) => path.basename(file, ".sql"))
    .sort()
  const { rows } = await db.execute<{ now: string; is_there: boolean }>(
    sql`select clock_timestamp()::text as now, to_regclass(${`"${schema}".migration`}) is not null as is_there`,
  )
  const applied = new Set<string>()
  if (rows[0]?.is_there) {
    const found = await db.execute<{ name: string }>(
      sql`select name from ${sql.identifier(schema)}.migration`,
    )
    for (const { name } of found.rows) applied.add(name)
  }
  const last = known.at(-1) ?? ""
  return {
    pending: known.filter((name) => !applied.has(name)),
    isNewer: [...applied].some((name) => name > last),
    now: new Date(rows[0]?.now ?? Date.now()),
  }
}
