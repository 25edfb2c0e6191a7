import { randomUUID } from "node:crypto"
import { startEmulator } from "bitbucket-emulator"
import { eq, sql } from "drizzle-orm"
import { Client } from "pg"
import { beforeAll, beforeEach, expect, onTestFinished, test } from "vitest"
import { connectionStore } from "@/lib/accounts/connection"
import { createSharedLimiter } from "@/lib/server/limits/limiter"
import { createSessionStore } from "@/lib/sessions/session-store"
import { type PgBouncer, startPgBouncer } from "@/scripts/pgbouncer"
import { obtainGrant } from "@/test/bitbucket-grant"
import {
  accountUuid,
  connect,
  createConnectionServer,
  letPass,
  refreshRequests,
} from "@/test/connection-server"
import { createTestDatabaseUrl } from "@/test/database"
import { runCommand } from "@/test/run-command"
import { stubEnvironment } from "@/test/stub-environment"
import { openDatabase } from "./client"
import { migrateDatabase } from "./migrate"
import { connection } from "./schema"
import { readSchemaState } from "./schema-state"
import { takeTask } from "./task-lease"

/** PgBouncer in transaction mode: at the end of a transaction, its connection to Postgres goes to the next client. */
let pgbouncer: PgBouncer
let url: string

beforeAll(async () => {
  stubEnvironment({ DATABASE_URL: "postgres://app@127.0.0.1:1/app", LOG_LEVEL: "silent" })
  pgbouncer = await startPgBouncer(await createTestDatabaseUrl())
  return pgbouncer.stop
})

beforeEach(async () => {
  url = await createTestDatabaseUrl()
})

async function connectTo(address: string): Promise<Client> {
  const client = new Client(address)
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

function openPooled() {
  const opened = openDatabase(pgbouncer.pooled(url))
  onTestFinished(opened.close)
  return opened
}

/** Opens a transaction through the pooler, so that the next client gets another of its connections. */
async function holdServerConnection(): Promise<void> {
  const busy = await connectTo(pgbouncer.pooled(url))
  await busy.query("begin; select 1")
}

test("migrations run through a pooler, twice and on another of its connections, and leave no lock", async () => {
  url = await createTestDatabaseUrl("template1")
  const direct = await connectTo(url)
  const advisoryLocks = async () =>
    (await direct.query("select * from pg_locks where locktype = 'advisory'")).rows
  expect(await migrateDatabase(pgbouncer.pooled(url))).toBeGreaterThan(1)
  expect(await advisoryLocks()).toEqual([])
  await holdServerConnection()
  expect(await migrateDatabase(pgbouncer.pooled(url))).toBe(0)
  expect(await migrateDatabase(pgbouncer.pooled(url), { schema: "another" })).toBeGreaterThan(1)
  expect(await advisoryLocks()).toEqual([])

  const { db } = openPooled()
  expect(await readSchemaState(db)).toMatchObject({ pending: [], isNewer: false })
})

test("dates are read through a pooler although the database's default form for them is another", async () => {
  const direct = await connectTo(url)
  await direct.query(`alter database "${new URL(url).pathname.slice(1)}" set datestyle = 'SQL, DMY'`)
  await holdServerConnection()
  const { pool } = openPooled()
  const { rows } = await pool.query("select timestamptz '2026-02-01 12:00:00.5+00' as at")
  expect(rows).toEqual([{ at: new Date("2026-02-01T12:00:00.500Z") }])
})

test("two machines that migrate through a pooler at once do it once", async () => {
  url = await createTestDatabaseUrl("template1")
  const counts = await Promise.all([
    migrateDatabase(pgbouncer.pooled(url)),
    migrateDatabase(pgbouncer.pooled(url)),
  ])
  expect(counts.filter((count) => count > 0)).toHaveLength(1)
})

test("npm run db:migrate uses the address without the pooler if it is set", async () => {
  url = await createTestDatabaseUrl("template1")
  const nowhere = "postgres://app:hunter2@127.0.0.1:1/app"
  const migrate = (environment: Record<string, string>) => runCommand("db:migrate", ["--json"], environment)
  const direct = await migrate({ DATABASE_URL: nowhere, DATABASE_URL_UNPOOLED: url })
  expect([direct.exitCode, JSON.parse(direct.stdout)]).toEqual([0, { applied: expect.any(Number) }])
  const pooled = await migrate({ DATABASE_URL: pgbouncer.pooled(url), DATABASE_URL_UNPOOLED: "" })
  expect([pooled.exitCode, JSON.parse(pooled.stdout)]).toEqual([0, { applied: 0 }])
})

test("nothing of a transaction or a migration stays on the pooler's connections", async () => {
  await migrateDatabase(pgbouncer.pooled(url), { schema: "another" })
  const { db, pool } = openPooled()
  await db.transaction((tx) => tx.execute(sql`select 1`))
  const { rows } = await pool.query(
    `select current_setting('search_path') as path, current_setting('statement_timeout') as bound,
            current_setting('lock_timeout') as lock, (select count(*)::int from pg_prepared_statements) as prepared`,
  )
  expect(rows).toEqual([{ path: '"$user", public', bound: "0", lock: "0", prepared: 0 }])
})

test("people sign in, refresh and sign out through a pooler, many at once", async () => {
  const { db } = openPooled()
  const sessions = createSessionStore(db)
  const connections = connectionStore(db)
  const tokens = {
    sealedTokens: "sealed",
    lifetimeSeconds: 7_200,
    scopes: ["account"],
  }
  const people = Array.from(
    { length: 30 },
    (_, index) => `{${String(index).padStart(8, "0")}-1111-4111-8111-111111111111}`,
  )
  await Promise.all(
    people.map(async (account) => {
      const profile = { account: { uuid: account }, emails: null } as never
      const save = (store: typeof connections) => store.save(account, tokens)
      const sid = await sessions.signIn({ account, profile, save, userAgent: null, previousSid: null })
      const live = await sessions.read(sid, account)
      const { id, version } = live?.connection ?? { id: "", version: 0 }
      const leases = await Promise.all(
        [1, 2, 3].map(() => connections.takeLease({ id, version, owner: randomUUID() }, 15)),
      )
      expect(leases.filter(Boolean)).toHaveLength(1)
      expect((await connections.read(account))?.id).toBe(id)
      expect(await sessions.end(sid)).not.toBeNull()
      expect(await sessions.read(sid, account)).toBeNull()
    }),
  )
  expect(await db.$count(connection)).toBe(0)
})

test("a task goes to one of two servers behind a pooler, and to the other once it is released", async () => {
  const [one, other] = [openPooled(), openPooled()]
  const name = randomUUID()
  const leases = await Promise.all([takeTask(one.db, name, 30), takeTask(other.db, name, 30)])
  const held = leases.filter((lease) => lease !== null)
  expect(held).toHaveLength(1)
  expect(await held[0]?.extend()).toBe(true)
  await held[0]?.release()
  expect(await takeTask(other.db, name, 30)).not.toBeNull()
})

test("requests are counted together through a pooler", async () => {
  const limiters = [openPooled(), openPooled()].map(({ pool }) => createSharedLimiter(pool, 3))
  const waits = []
  for (let request = 0; request < 4; request++) waits.push(await limiters[request % 2]?.consume("k"))
  expect(waits).toEqual([null, null, null, expect.any(Number)])
})

test("the app waits for a database that takes six seconds to wake behind its pooler", async () => {
  const { db } = openPooled()
  await (await connectTo(pgbouncer.pooled(url))).query("select 1")
  pgbouncer.process.kill("SIGUSR1")
  setTimeout(() => pgbouncer.process.kill("SIGUSR2"), 6_000)
  const startedAt = Date.now()
  const { rows } = await db.transaction((tx) => tx.execute(sql`select 1 as one`))
  expect(rows).toEqual([{ one: 1 }])
  expect(Date.now() - startedAt, "the pooler was asleep").toBeGreaterThan(4_500)
})

test("a pooler that stops leaves none of its connections in the app's pool", async () => {
  const own = await startPgBouncer(url)
  const { pool, close } = openDatabase(own.pooled(url), { maxConnections: 2 })
  onTestFinished(close)
  await pool.query("select 1")
  await own.stop()
  await expect(pool.query("select 1")).rejects.toThrow()
  expect(pool.totalCount).toBe(0)
})

/** Two servers behind the pooler, and a person whose access token has expired. */
async function startTwoServers() {
  const emulator = await startEmulator({ port: 0 })
  onTestFinished(() => emulator.close())
  const [one, other] = [openPooled(), openPooled()]
  const id = await connect(one.db, await obtainGrant(emulator.siteUrl, "demo"))
  await letPass(one.db, -1)
  const servers = [
    createConnectionServer(one.db, emulator),
    createConnectionServer(other.db, emulator),
  ] as const
  return { emulator, id, db: one.db, servers }
}

test("fifty callers on two servers behind a pooler refresh once, though the old refresh token expires immediately", async () => {
  const { emulator, servers } = await startTwoServers()
  await emulator.control.changeConfig({ refresh_grace_seconds: 0, latency_ms: 100 })
  const callers = Array.from({ length: 50 }, (_, index) => servers[index % 2 === 0 ? 0 : 1])
  const tokens = await Promise.all(callers.map((server) => server.getToken(accountUuid)))
  expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
  expect(await refreshRequests(emulator)).toMatchObject([{ status: 200 }])
})

test("a server behind a pooler that dies with new tokens in hand leaves its lease to the other", async () => {
  const { emulator, id, db, servers } = await startTwoServers()
  const [holder, other] = servers
  const hasTokens = new Promise<void>((resolve) => {
    const refresh: typeof holder.refresh = async (refreshToken) => {
      await holder.refresh(refreshToken)
      resolve()
      return new Promise(() => {})
    }
    void createConnectionServer(db, emulator, { oauth: refresh }).getToken(accountUuid)
  })
  await hasTokens
  await expect(other.getToken(accountUuid)).rejects.toMatchObject({ code: "bitbucket_unavailable" })
  await db.update(connection).set({ leaseUntil: sql`now()` }).where(eq(connection.id, id))
  expect(await other.getToken(accountUuid)).toMatchObject({ version: 2 })
  expect((await refreshRequests(emulator)).map(({ status }) => status)).toEqual([200, 200])
})

test("a reply of Bitbucket's that is lost costs two servers behind a pooler one more request", async () => {
  const { emulator, servers } = await startTwoServers()
  await emulator.control.addFault({ match: { grant_type: "refresh_token" }, kind: "drop_response" })
  const askUntilServed = (server: (typeof servers)[number]) =>
    expect.poll(() => server.getToken(accountUuid).catch(({ code }) => code)).toMatchObject({ version: 2 })
  await Promise.all(servers.map(askUntilServed))
  expect(await refreshRequests(emulator)).toHaveLength(2)
})
