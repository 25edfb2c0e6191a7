import type { NodePgDatabase } from "drizzle-orm/node-postgres"
import { Client, DatabaseError, Pool, type PoolClient, type QueryConfig, type QueryResult } from "pg"
import { environment } from "@/lib/env"
import { log } from "@/lib/server/log"
import { processWide } from "@/lib/server/process-wide"
import { databaseErrorOf } from "./errors"
import { drizzleOn } from "./session"
import { stayAwakeWhileIdle } from "./stay-awake"

/** How long a connection may take to open: a suspended database needs up to ten seconds to resume. */
const CONNECT_TIMEOUT_MS = 12_000
/** How long one statement may take: a page gives up well before its user does. */
const STATEMENT_TIMEOUT_MS = 4_000
/** In a transaction, Postgres itself ends a slow statement. If it does not, we close the connection this much later. */
const ANSWER_MARGIN_MS = 1_000
const IDLE_TIMEOUT_MS = 5_000
/** The server has closed the connection, or has become a replica, which a new connection will avoid. */
const ENDS_CONNECTION = /^(08|57P|25P0[34]|25006)/

type Query = (statement: QueryConfig | string, values?: unknown[]) => Promise<QueryResult>

/** Drizzle, with our own `query` and `transaction`. */
export type Database = Omit<NodePgDatabase, "transaction"> & {
  /** Runs a statement given as SQL. @throws DatabaseError */
  query: Query
  /**
   * Runs `work` in one transaction, on one connection. Transactions do not nest.
   *
   * @returns what `work` returns, once Postgres has committed
   * @throws what `work` throws, once Postgres has rolled back; or why Postgres did not commit
   */
  transaction: <Result>(work: (transaction: Database) => Promise<Result>) => Promise<Result>
}

export type OpenDatabase = {
  db: Database
  /** For a library that brings its own statements. */
  pool: {
    query: Query
    /** How many connections are open. */
    readonly totalCount: number
    /** How many of them are idle. */
    readonly idleCount: number
  }
  close: () => Promise<void>
}

/**
 * Opens a database, for the app, its commands, the doctor and the migrations alike. It connects on the
 * first statement.
 *
 * A pooler may give each transaction another connection and refuse start-up parameters that it does not track, so we keep no
 * state in connections. This process limits the time of a statement, and within a transaction Postgres does too.
 *
 * @param url the address of a Postgres or of its pooler
 */
export function openDatabase(
  url: string,
  { maxConnections = 10, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = {},
): OpenDatabase {
  const pool = new Pool({
    Client: IsoDatesClient,
    connectionString: strictOnTls(url),
    max: maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    application_name: "sign-in-with-bitbucket",
  })
  pool.on("error", () => log.warn("database_connection_lost"))
  // If a connection is lost while in use, its statement fails; without a listener the process would also exit.
  pool.on("connect", (client) => client.on("error", () => undefined))
  stayAwakeWhileIdle(pool, IDLE_TIMEOUT_MS)

  const answerTimeoutMs = statementTimeoutMs + ANSWER_MARGIN_MS
  /** Poolers accept connections before the database behind them has resumed, so its first answer counts as part of connecting. */
  const proven = new WeakSet<PoolClient>()

  /** Lends a connection to `use`. It goes back to the pool, or is closed if a statement has had no answer. */
  async function withConnection<Result>(use: (query: Query) => Promise<Result>): Promise<Result> {
    const openBy = Date.now() + CONNECT_TIMEOUT_MS
    const client = await pool.connect().catch(rethrow)
    let isUsable = true
    const query: Query = async (statement, values) => {
      if (!isUsable)
        throw new Error("The connection is closed: a statement on it has failed, or its use has ended.")
      const config = typeof statement === "string" ? { text: statement } : statement
      const timeoutMs = Math.max(answerTimeoutMs, proven.has(client) ? 0 : openBy - Date.now())
      try {
        const answer = client.query({ ...config, ...(values && { values }) } as QueryConfig)
        const result = await answeredWithin(timeoutMs, answer)
        proven.add(client)
        return result
      } catch (error) {
        if (!(error instanceof DatabaseError) || ENDS_CONNECTION.test(error.code ?? "")) isUsable = false
        return rethrow(error)
      }
    }
    try {
      return await use(query)
    } finally {
      client.release(!isUsable)
      isUsable = false
    }
  }

  const transaction: Database["transaction"] = (work) =>
    withConnection(async (query) => {
      await query(`begin; set local statement_timeout = ${statementTimeoutMs}`)
      try {
        const result = await work(databaseOn(query, refuseToNest))
        const { command } = await query("commit")
        // Postgres answers like this if a statement has failed and `work` went on regardless.
        if (command !== "COMMIT")
          throw new Error("The transaction was rolled back: a statement in it has failed.")
        return result
      } catch (error) {
        await query("rollback").catch(() => undefined)
        throw error
      }
    })

  const query: Query = (statement, values) => withConnection((ask) => ask(statement, values))
  return {
    db: databaseOn(query, transaction),
    pool: {
      query,
      get totalCount() {
        return pool.totalCount
      },
      get idleCount() {
        return pool.idleCount
      },
    },
    close: () => pool.end(),
  }
}

declare module "pg" {
  interface Client {
    /** The start-up parameters; `pg` has no option for others than its own. */
    getStartupConf(): Record<string, string>
  }
}

/**
 * Asks Postgres for dates in the only form that `pg` reads, whatever the default of the role or the database. As a start-up
 * parameter, which poolers track, because the drivers of Java and .NET send it too.
 */
class IsoDatesClient extends Client {
  override getStartupConf(): Record<string, string> {
    return { ...super.getStartupConf(), DateStyle: "ISO" }
  }
}

/**
 * Waits for an answer no longer than this. If the process was busy all that time, the answer may have arrived unread, so it
 * reads from its connections once more before it gives up. The timeout of `pg` does not, and under load it gave up on answers
 * that had arrived.
 */
function answeredWithin<Answer>(timeoutMs: number, answer: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error("timeout: no answer of the database"))
    const timer = setTimeout(() => setImmediate(giveUp), timeoutMs)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** `pg` treats these modes as `verify-full`, and prints a warning each time, among log lines that are JSON. */
function strictOnTls(url: string): string {
  if (/[?&]uselibpqcompat=true/.test(url)) return url
  return url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/, "$1verify-full")
}

/** Whether an address leads to another machine without TLS, as `pg` reads it. */
export function isSentInTheClear(url: string): boolean {
  try {
    const { host, ssl } = new Client({ connectionString: strictOnTls(url) })
    return !ssl && !/^(localhost$|127\.|::1$|\/)/.test(host)
  } catch {
    return false
  }
}

/** Every error of the driver passes through here, from connecting or from a statement. @throws DatabaseError */
function rethrow(error: unknown): never {
  throw databaseErrorOf(error)
}

function databaseOn(query: Query, transaction: Database["transaction"]): Database {
  // Except for transactions, Drizzle calls only this method of its client.
  const client = { query } as unknown as Pool
  return Object.assign(drizzleOn(client), { query, transaction })
}

async function refuseToNest(): Promise<never> {
  throw new Error("Transactions cannot be nested.")
}

/** The app's database, with one pool per process. */
function database() {
  return processWide("database", () => openDatabase(environment().DATABASE_URL))
}

/** This process's access to the app's database. */
export function db(): Database {
  return database().db
}

/** The pool behind `db()`, for a library that brings its own statements. */
export function pool(): OpenDatabase["pool"] {
  return database().pool
}
