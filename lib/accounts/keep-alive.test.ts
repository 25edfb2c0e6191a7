import { randomUUID } from "node:crypto"
import { TokenUnavailableError } from "auth-bitbucket/connections"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { eq, sql } from "drizzle-orm"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { CLOUD_ISSUER, issuerOf } from "@/lib/bitbucket/identity"
import type { Database } from "@/lib/db/client"
import { connection, taskLease } from "@/lib/db/schema"
import { obtainGrant } from "@/test/bitbucket-grant"
import { connect, createConnectionServer, refreshRequests, uuidOf } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { readConnection } from "./connection"
import { keepAlive } from "./keep-alive"

let emulator: Emulator
let db: Database
let server: ReturnType<typeof createConnectionServer>

/** Time enough on a machine that is busy; what ends a run is in the test that is about it. */
const options = { idleDays: 30, perSecond: 200, budgetSeconds: 100 }
const run = (overrides = {}) => keepAlive(db, server, { ...options, ...overrides })

beforeEach(async () => {
  stubEnvironment({ LOG_LEVEL: "silent" })
  emulator = await startEmulator({ port: 0 })
  ;({ db } = await createTestDatabase())
  server = createConnectionServer(db, emulator, {
    accepts: (account) => issuerOf(account) === CLOUD_ISSUER,
  })
})

afterEach(() => emulator.close())

/** Connections of this many people, last used this many days ago. */
async function connectMany(count: number, idleDays: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await connect(db, await obtainGrant(emulator.siteUrl, "demo"), uuidOf(index))
  }
  await db.update(connection).set({
    staysConnected: true,
    issuedAt: sql`now() - make_interval(days => ${idleDays})`,
    expiresAt: sql`now() - make_interval(days => ${idleDays}) + interval '2 hours'`,
  })
}

async function refreshTimes(): Promise<number[]> {
  return (await refreshRequests(emulator)).map(({ at }) => Date.parse(at))
}

describe("keep-alive", () => {
  test("refreshes idle connections once, and none the next time", async () => {
    await connectMany(5, 31)
    const told: string[] = []
    const onRefreshed = (account: string) => void told.push(account)
    expect(await run({ onRefreshed })).toEqual({ refreshed: 5, ended: 0, failed: 0, outcome: "done" })
    expect(told.sort()).toEqual(Array.from({ length: 5 }, (_, index) => uuidOf(index)))
    expect(await run()).toEqual({ refreshed: 0, ended: 0, failed: 0, outcome: "done" })
    expect(await refreshTimes()).toHaveLength(5)
  })

  test("leaves alone connections that were used recently", async () => {
    await connectMany(2, 29)
    expect(await run()).toMatchObject({ refreshed: 0 })
  })

  test("leaves alone connections without a session whose users did not ask to stay connected", async () => {
    await connectMany(2, 31)
    await db.update(connection).set({ staysConnected: false })
    expect(await run()).toMatchObject({ refreshed: 0 })
  })

  test("refreshes more than one batch, each connection once", async () => {
    await connectMany(120, 31)
    expect(await run({ perSecond: 1_000 })).toMatchObject({ refreshed: 120, outcome: "done" })
    expect(await refreshTimes()).toHaveLength(120)
  })

  test("asks Bitbucket no faster than it may", async () => {
    await connectMany(12, 31)
    await run({ perSecond: 20 })
    const times = await refreshTimes()
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan((11 / 20) * 1_000 * 0.9)
  })

  test("called twice at the same time runs once", async () => {
    await connectMany(10, 31)
    const summaries = await Promise.all([run({ perSecond: 50 }), run({ perSecond: 50 })])
    expect(summaries.map(({ outcome }) => outcome).sort()).toEqual(["already_running", "done"])
    expect(await refreshTimes()).toHaveLength(10)
  })

  test("stops in time and continues from there at the next call, refreshing none twice", async () => {
    await connectMany(10, 31)
    const first = await run({ perSecond: 20, budgetSeconds: 0.2 })
    expect(first.outcome).toBe("out_of_time")
    const second = await run()
    expect(first.refreshed + second.refreshed).toBe(10)
    expect(await refreshTimes()).toHaveLength(10)
  })

  test("interrupted, it finishes the refreshes it has started, and the next run does the rest immediately", async () => {
    await connectMany(6, 31)
    await emulator.control.changeConfig({ latency_ms: 200 })
    const interruption = new AbortController()
    const interrupted = run({ perSecond: 1, signal: interruption.signal })
    await expect.poll(refreshTimes).toHaveLength(1)
    interruption.abort()
    expect(await interrupted).toEqual({ refreshed: 1, ended: 0, failed: 0, outcome: "interrupted" })
    expect(await db.$count(connection, sql`${connection.leaseOwner} is not null`)).toBe(0)
    expect(await run()).toEqual({ refreshed: 5, ended: 0, failed: 0, outcome: "done" })
    expect(await refreshTimes()).toHaveLength(6)
  })

  test("stops when the next turn would come after its time", async () => {
    await connectMany(2, 31)
    const startedAt = performance.now()
    expect(await run({ perSecond: 0.01, budgetSeconds: 60 })).toMatchObject({
      refreshed: 1,
      outcome: "out_of_time",
    })
    expect(performance.now() - startedAt).toBeLessThan(60_000)
  })

  test("stores the tokens of a refresh in progress if the database loses the run's lease", async () => {
    await connectMany(101, 31)
    await emulator.control.changeConfig({ latency_ms: 300 })
    let lists = 0
    const listIdle: typeof server.store.listIdle = async (...given) => {
      if (lists++ > 0) throw new Error("The database has gone.")
      return server.store.listIdle(...given)
    }
    const failing = createConnectionServer(db, emulator, { store: { ...server.store, listIdle } })
    await expect(keepAlive(db, failing, { ...options, perSecond: 1_000 })).rejects.toThrow(
      "The database has gone.",
    )
    expect(await refreshTimes()).toHaveLength(await db.$count(connection, sql`${connection.version} > 1`))
    expect(await db.$count(taskLease)).toBe(0)
  })

  test("refreshes all others if a row cannot be read, and counts that one as failed", async () => {
    await connectMany(3, 31)
    await db.execute(sql`update ${connection} set expires_at = 'infinity' where account_uuid = ${uuidOf(1)}`)
    expect(await run()).toEqual({ refreshed: 2, ended: 0, failed: 1, outcome: "done" })
  })

  test("with an age of zero days refreshes every connection once, however many batches that takes", async () => {
    await connectMany(101, 1)
    expect(await run({ idleDays: 0, perSecond: 1_000 })).toMatchObject({ refreshed: 101, outcome: "done" })
    expect(await refreshTimes()).toHaveLength(101)
  })

  test("stops when another run has taken over, and says so", async () => {
    await connectMany(5, 31)
    const takeOver = () => void db.update(taskLease).set({ owner: randomUUID() }).execute()
    const summary = await keepAlive(
      db,
      server,
      { ...options, budgetSeconds: 60, perSecond: 5, onProgress: takeOver },
      { extendEveryMs: 50 },
    )
    expect(summary.outcome).toBe("already_running")
    expect(summary.refreshed).toBeLessThan(5)
  })

  test("stops asking Bitbucket when it is down", async () => {
    await connectMany(40, 31)
    await emulator.control.addFault({
      match: { grant_type: "refresh_token" },
      kind: "status",
      status: 503,
      times: null,
    })
    const summary = await run()
    expect(summary).toMatchObject({ refreshed: 0, outcome: "stopped_by_failures" })
    expect(summary.failed).toBeLessThan(25)
  })

  test("refreshes the others however many keep failing", async () => {
    await connectMany(15, 31)
    const oldest = sql`${connection.id} in (select id from ${connection} order by account_uuid limit 12)`
    await db.update(connection).set({ failures: 7, issuedAt: sql`now() - interval '60 days'` }).where(oldest)
    const takeLease: typeof server.store.takeLease = async (lease, seconds) => {
      const leased = await server.store.takeLease(lease, seconds)
      if (leased && leased.failures > 0) throw new TokenUnavailableError("bitbucket_unavailable")
      return leased
    }
    const faulty = createConnectionServer(db, emulator, { store: { ...server.store, takeLease } })
    const summary = await keepAlive(db, faulty, options)
    expect(summary).toEqual({ refreshed: 3, ended: 0, failed: 12, outcome: "done" })
  })

  test("counts those that failed or ended while their token is valid", async () => {
    await connectMany(4, 1)
    await db.update(connection).set({ expiresAt: sql`now() + interval '1 hour'` })
    await emulator.control.addFault({
      match: { grant_type: "refresh_token" },
      kind: "status",
      status: 503,
      times: null,
    })
    expect(await run({ idleDays: 0 })).toMatchObject({ refreshed: 0, ended: 0, failed: 4 })
    await emulator.control.clearFaults()
    await emulator.control.revokeGrants("demo")
    await db.update(connection).set({ retryAt: null })
    expect(await run({ idleDays: 0 })).toMatchObject({ refreshed: 0, ended: 4, failed: 0 })
  })

  test("counts tokens sealed with another secret as failed and not as ended: it is the server's fault", async () => {
    await connectMany(2, 31)
    const other = createConnectionServer(db, emulator, {
      secrets: ["another-secret-of-thirty-two-characters"],
    })
    expect(await keepAlive(db, other, options)).toMatchObject({ ended: 0, failed: 2 })
    expect(await run()).toMatchObject({ refreshed: 2 })
  })

  test("leaves connections of another issuer alone: their refresh tokens are for another server", async () => {
    await connectMany(2, 31)
    const [foreign] = await db
      .update(connection)
      .set({ accountUuid: "https://git.example#7" })
      .where(eq(connection.accountUuid, uuidOf(0)))
      .returning()
    expect(await run()).toMatchObject({ refreshed: 1, ended: 0, failed: 0 })
    expect(await refreshRequests(emulator)).toHaveLength(1)

    const known = await readConnection(db, "https://git.example#7")
    if (!known) throw new Error("It is there")
    const refusal = { code: "reauthorization_required" }
    await expect(server.refreshNow(known)).rejects.toMatchObject(refusal)
    await expect(server.getToken(known)).rejects.toMatchObject(refusal)
    expect(await refreshRequests(emulator)).toHaveLength(1)
    expect(await db.select().from(connection).where(eq(connection.id, known.id))).toEqual([foreign])
  })

  test("counts grants that have died, and continues", async () => {
    await connectMany(4, 31)
    await emulator.control.revokeGrants("demo")
    expect(await run()).toMatchObject({ refreshed: 0, ended: 4, outcome: "done" })
  })
})
