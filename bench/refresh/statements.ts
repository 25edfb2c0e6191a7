import { setTimeout as wait } from "node:timers/promises"
import { Client } from "pg"
import { openDatabase } from "../../lib/db/client"

/** One statement as the driver sent it. `ms` runs from there to its result. */
type Statement = { verb: string; ms: number }

/** Opens a database and records each statement that this process sends through its pools, including `begin` and `commit`. */
export function openCountedDatabase(url: string) {
  const statements: Statement[] = []
  const stopCounting = countStatements(statements)
  const { db, close } = openDatabase(url, { maxConnections: 5 })
  return { db, close: () => close().finally(stopCounting), statements }
}

type Send = (config: { text: string }, ...rest: unknown[]) => Promise<unknown>
type Driver = { query: Send; connectionParameters: { application_name: string } }

/** The name of our connections at Postgres. */
const OURS = "sign-in-with-bitbucket"

function countStatements(statements: Statement[]): () => void {
  const driver = Client.prototype as unknown as Driver
  const send = driver.query
  driver.query = function (this: Driver, config, ...rest) {
    if (this.connectionParameters.application_name !== OURS) return send.call(this, config, ...rest)
    const startedAt = performance.now()
    const statement = { verb: config.text.trim().split(/\s/)[0] ?? "", ms: Number.NaN }
    statements.push(statement)
    return send.call(this, config, ...rest).finally(() => {
      statement.ms = performance.now() - startedAt
    })
  }
  return () => {
    driver.query = send
  }
}

const LOOK_EVERY_MS = 5

/** The activity of all our connections at one moment. */
export type Activity = { inTransaction: number; running: number }

/** Polls them, from a connection that does not count, until `action` has ended. */
export async function watchActivity(url: string, action: () => Promise<void>): Promise<Activity[]> {
  const observer = new Client({ connectionString: url, application_name: "bench" })
  await observer.connect()
  const activities: Activity[] = []
  let hasEnded = false
  const acting = action().finally(() => {
    hasEnded = true
  })
  while (!hasEnded) {
    const { rows } = await observer.query<Activity>(
      `select (count(*) filter (where state like 'idle in transaction%'))::int as "inTransaction",
              (count(*) filter (where state = 'active'))::int as running
         from pg_stat_activity where application_name = $1`,
      [OURS],
    )
    activities.push(...rows)
    await wait(LOOK_EVERY_MS)
  }
  await observer.end()
  await acting
  return activities
}
