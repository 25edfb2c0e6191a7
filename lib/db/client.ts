import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres"
import { Pool } from "pg"
import { environment } from "@/lib/env"
import { log } from "@/lib/log"
import { processWide } from "@/lib/process-wide"
import { stayAwakeWhileIdle } from "./stay-awake"

export type Database = NodePgDatabase

/** A page gives up well before a person does: waiting for a connection and a statement are both bounded. */
const CONNECT_TIMEOUT_MS = 3_000
const STATEMENT_TIMEOUT_MS = 4_000
const IDLE_TIMEOUT_MS = 5_000

/** Opens a pool on a Postgres address. Nothing is connected until the first query. */
export function openDatabase(
  url: string,
  maxConnections = 10,
): { db: Database; pool: Pool; close: () => Promise<void> } {
  const pool = new Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 1_000,
    application_name: "sign-in-with-bitbucket",
  })
  // An idle connection that the server closes must not end the process: the next query opens another.
  pool.on("error", () => log.warn("database_connection_lost"))
  stayAwakeWhileIdle(pool, IDLE_TIMEOUT_MS)
  return { db: drizzle(pool), pool, close: () => pool.end() }
}

/** The app's database: one pool per process. */
function database() {
  return processWide("database", () => openDatabase(environment().DATABASE_URL))
}

/** What this process asks the app's database through. */
export function db(): Database {
  return database().db
}

/** What `db()` speaks through, for a library that brings its own statements. */
export function pool(): Pool {
  return database().pool
}
