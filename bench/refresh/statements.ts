import { setTimeout as wait } from "node:timers/promises"
import { Client, type Pool, type PoolClient } from "pg"
import { type Database, openDatabase } from "../../lib/db/client"

/** One statement as the driver sent it. `ms` runs from there to its result. */
type Statement = { verb: string; ms: number }

/** Opens a pool of ours that writes down each statement it sends: `begin` and `commit` are statements too. */
export function openCountedDatabase(url: string) {
  const { db, close } = openDatabase(url, 5)
  const statements: Statement[] = []
  const pool = (db as Database & { $client: Pool }).$client
  pool.on("connect", (client) => countStatements(client, statements))
  return { db, close, statements }
}

type Query = (...args: unknown[]) => unknown

function countStatements(client: PoolClient, statements: Statement[]): void {
  const query = client.query.bind(client) as Query
  const counted: Query = (...args) => {
    const startedAt = performance.now()
    const text = typeof args[0] === "string" ? args[0] : (args[0] as { text: string }).text
    const statement = { verb: text.trim().split(/\s/)[0] ?? "", ms: Number.NaN }
    statements.push(statement)
    const callback = args.at(-1)
    if (typeof callback !== "function") throw new Error("The pool has changed how it sends statements")
    const timed = (...result: unknown[]) => {
      statement.ms = performance.now() - startedAt
      callback(...result)
    }
    return query(...args.slice(0, -1), timed)
  }
  Object.assign(client, { query: counted })
}

const LOOK_EVERY_MS = 5

/** What all connections of ours were doing at one moment. */
export type Activity = { inTransaction: number; running: number }

/** Looks at them again and again, from a connection that does not count, until `action` is over. */
export async function watchActivity(url: string, action: () => Promise<void>): Promise<Activity[]> {
  const observer = new Client({ connectionString: url, application_name: "bench" })
  await observer.connect()
  const activities: Activity[] = []
  let isOver = false
  const acting = action().finally(() => {
    isOver = true
  })
  while (!isOver) {
    const { rows } = await observer.query<Activity>(
      `select (count(*) filter (where state like 'idle in transaction%'))::int as "inTransaction",
              (count(*) filter (where state = 'active'))::int as running
         from pg_stat_activity where application_name = 'sign-in-with-bitbucket'`,
    )
    activities.push(...rows)
    await wait(LOOK_EVERY_MS)
  }
  await observer.end()
  await acting
  return activities
}
