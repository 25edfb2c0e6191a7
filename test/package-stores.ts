import type { ConnectionStore } from "auth-bitbucket/connections"
import { createMemoryStore } from "auth-bitbucket/connections"
import { createPostgresStore, type PostgresStore } from "auth-bitbucket/postgres"
import { Pool } from "pg"
import { onTestFinished } from "vitest"
import { type PgBouncer, startPgBouncer } from "../scripts/pgbouncer"
import { createTestDatabaseUrl } from "./database"

/** A store that two servers or more share, and a way to let time pass for it. */
export type TestStore = {
  /** The store as another server sees it. */
  open: () => ConnectionStore
  /** As if this many seconds had passed since everything that the store remembers. */
  letSecondsPass: (seconds: number) => Promise<void>
}

let pooler: Promise<PgBouncer> | undefined

/** PgBouncer in transaction mode: the next transaction gets another connection to Postgres. */
async function pooled(url: string): Promise<string> {
  pooler ??= startPgBouncer(url)
  return (await pooler).pooled(url)
}

/** Ends what the tests of a file have started. */
export async function stopPooler(): Promise<void> {
  await (await pooler)?.stop()
  pooler = undefined
}

/** A store on `pg` and nothing else, in a database without a schema yet. */
export async function createPgStore(url: string, max = 10): Promise<PostgresStore> {
  const pool = new Pool({ connectionString: url, max })
  pool.on("error", () => undefined)
  onTestFinished(() => pool.end())
  return createPostgresStore({ query: (text, values) => pool.query(text, values) })
}

async function postgresStore(throughPooler: boolean): Promise<TestStore> {
  const direct = await createTestDatabaseUrl("template1")
  const url = throughPooler ? await pooled(direct) : direct
  const pools: Pool[] = []
  const openPool = (max: number) => {
    const pool = new Pool({ connectionString: url, max })
    pool.on("error", () => undefined)
    pools.push(pool)
    return pool
  }
  onTestFinished(async () => {
    await Promise.all(pools.map((pool) => pool.end()))
  })
  const own = openPool(2)
  const open = (pool = openPool(10)) =>
    createPostgresStore({ query: (text, values) => pool.query(text, values) })
  await open(own).migrate()
  return {
    open: () => open(),
    async letSecondsPass(seconds) {
      const earlier = (column: string) => `${column} = ${column} - make_interval(secs => $1)`
      await own.query(
        `update auth_bitbucket.connection set ${["issued_at", "expires_at", "retry_at", "lease_until"].map(earlier).join(", ")}`,
        [seconds],
      )
    },
  }
}

async function memoryStore(): Promise<TestStore> {
  let aheadMs = 0
  const store = createMemoryStore({ now: () => Date.now() + aheadMs })
  return {
    open: () => store,
    async letSecondsPass(seconds) {
      aheadMs += seconds * 1_000
    },
  }
}

/** The stores that the proofs run against. */
export const testStores: [name: string, create: () => Promise<TestStore>][] = [
  ["Postgres", () => postgresStore(false)],
  ["Postgres behind PgBouncer", () => postgresStore(true)],
  ["memory", memoryStore],
]
