import { createServer } from "node:net"
import { sql } from "drizzle-orm"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { createTestDatabaseUrl } from "@/test/database"
import { startDatabaseProxy } from "@/test/database-proxy"
import { openDatabase } from "./client"

vi.mock("@/lib/server/log", () => ({ log: { warn: vi.fn() } }))

/** Parameters that PgBouncer tracks; it refuses every other one. */
const tracked = [
  "user",
  "database",
  "client_encoding",
  "application_name",
  "datestyle",
  "timezone",
  "standard_conforming_strings",
]

async function open(options: Parameters<typeof openDatabase>[1] = {}, url?: string) {
  const opened = openDatabase(url ?? (await createTestDatabaseUrl()), options)
  onTestFinished(opened.close)
  return opened
}

const pidOf = async ({ pool }: { pool: ReturnType<typeof openDatabase>["pool"] }) =>
  (await pool.query("select pg_backend_pid() as pid")).rows[0].pid

test("a connection asks for nothing at its start that a pooler does not track", async () => {
  const asked = new Promise<string[]>((resolve) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined)
      socket.once("data", (packet) => {
        const names = packet.subarray(8).toString("utf8").split("\0")
        resolve(
          names.filter((name, index) => index % 2 === 0 && name !== "").map((name) => name.toLowerCase()),
        )
        socket.destroy()
        server.close()
      })
    })
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" ? address?.port : 0
      const { pool, close } = openDatabase(`postgres://app@127.0.0.1:${port}/app`)
      pool.query("select 1").catch(() => close())
    })
  })
  expect((await asked).filter((name) => !tracked.includes(name))).toEqual([])
})

test("dates are read whatever the role's or the database's default form for them is", async () => {
  const url = await createTestDatabaseUrl()
  const { pool } = await open({}, url)
  await pool.query(`alter database "${new URL(url).pathname.slice(1)}" set datestyle = 'German, DMY'`)
  const later = await open({}, url)
  const { rows } = await later.pool.query("select timestamptz '2026-02-01 12:00:00.5+00' as at")
  expect(rows).toEqual([{ at: new Date("2026-02-01T12:00:00.500Z") }])
})

describe("a connection that dies", () => {
  test("without a word keeps no place in the pool, however many transactions were on it", async () => {
    const url = await createTestDatabaseUrl()
    const proxy = await startDatabaseProxy(url)
    onTestFinished(proxy.close)
    const { db, pool } = await open({ statementTimeoutMs: 200 }, proxy.through(url))
    await Promise.all(Array.from({ length: 10 }, () => pool.query("select pg_sleep(0.1)")))
    expect(pool.totalCount).toBe(10)
    proxy.silence()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => db.transaction((tx) => tx.execute(sql`select 1`))),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(Array(10).fill("rejected"))
    await expect.poll(() => pool.totalCount).toBe(0)
    expect((await pool.query("select 1 as one")).rows).toEqual([{ one: 1 }])
  })

  test.each(["in a statement", "between two statements", "before the commit"])(
    "%s fails its transaction and nothing else",
    async (when) => {
      const url = await createTestDatabaseUrl()
      const [victim, killer] = [await open({}, url), await open({}, url)]
      await killer.pool.query("create table kept (one int)")
      const work = victim.db.transaction(async (tx) => {
        await tx.execute(sql`insert into kept values (1)`)
        if (when === "in a statement") return tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`)
        const { rows } = await tx.execute(sql`select pg_backend_pid() as pid`)
        await killer.pool.query("select pg_terminate_backend($1, 5000)", [rows[0]?.pid])
        if (when === "between two statements") return tx.execute(sql`select 1`)
        return null
      })
      await expect(work).rejects.toThrow()
      expect((await victim.pool.query("select * from kept")).rows).toEqual([])
    },
  )

  test("while nothing uses it costs the next statement nothing", async () => {
    const url = await createTestDatabaseUrl()
    const [victim, killer] = [await open({}, url), await open({}, url)]
    await killer.pool.query("select pg_terminate_backend($1, 5000)", [await pidOf(victim)])
    await expect.poll(() => victim.pool.totalCount).toBe(0)
    expect((await victim.pool.query("select 1 as one")).rows).toEqual([{ one: 1 }])
  })
})

describe("a transaction", () => {
  test("is visible to all once it has returned, and leaves nothing if it has thrown", async () => {
    const { db, pool } = await open()
    await pool.query("create table kept (one int)")
    expect(
      await db.transaction(async (tx) => {
        await tx.execute(sql`insert into kept values (1)`)
        return "done"
      }),
    ).toBe("done")
    const mistake = new Error("of the work")
    await expect(
      db.transaction(async (tx) => {
        await tx.execute(sql`insert into kept values (2)`)
        throw mistake
      }),
    ).rejects.toBe(mistake)
    expect((await pool.query("select one from kept")).rows).toEqual([{ one: 1 }])
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1])
  })

  test("that Postgres refuses at its commit fails, and its connection can be used again", async () => {
    const database = await open({ maxConnections: 1 })
    const { db, pool } = database
    await pool.query(`create table kept (one int, unique (one) deferrable initially deferred)`)
    const pid = await pidOf(database)
    await expect(
      db.transaction((tx) => tx.execute(sql`insert into kept values (1), (1)`)),
    ).rejects.toMatchObject({
      sqlState: "23505",
    })
    expect(await pidOf(database)).toBe(pid)
  })

  test("with an overlooked failed statement does not count as committed", async () => {
    const { db, pool } = await open()
    await pool.query("create table kept (one int)")
    const work = db.transaction(async (tx) => {
      await tx.execute(sql`insert into kept values (1)`)
      await tx.execute(sql`select 1 / 0`).catch(() => undefined)
    })
    await expect(work).rejects.toThrow("rolled back")
    expect((await pool.query("select one from kept")).rows).toEqual([])
  })

  test("ends a statement that takes too long in Postgres itself, and its connection can be used again", async () => {
    const database = await open({ maxConnections: 1, statementTimeoutMs: 200 })
    const pid = await pidOf(database)
    const work = database.db.transaction((tx) => tx.execute(sql`select pg_sleep(30)`))
    await expect(work).rejects.toMatchObject({ sqlState: "57014" })
    expect(await pidOf(database)).toBe(pid)
    const { rows } = await database.pool.query("select current_setting('statement_timeout') as bound")
    expect(rows, "nothing of it stays on the connection").toEqual([{ bound: "0" }])
  })

  test("takes no statement once it has ended, and no transaction within", async () => {
    const { db } = await open()
    const kept = await db.transaction(async (tx) => {
      await expect(tx.transaction(async () => null)).rejects.toThrow("cannot be nested")
      return tx
    })
    await expect(kept.execute(sql`select 1`)).rejects.toMatchObject({
      cause: { message: expect.stringContaining("its use has ended") },
    })
  })
})

test("the app gives up on a statement without an answer, closes its connection, and the next one works", async () => {
  const database = await open({ maxConnections: 1, statementTimeoutMs: 200 })
  const pid = await pidOf(database)
  await expect(database.pool.query("select pg_sleep(30)")).rejects.toThrow("timeout")
  expect(await pidOf(database)).not.toBe(pid)
})

test("a connection to a server that has become a replica is not kept", async () => {
  const database = await open({ maxConnections: 1 })
  const pid = await pidOf(database)
  await expect(
    database.db.transaction(async (tx) => {
      await tx.execute(sql`set transaction read only`)
      await tx.execute(sql`create table refused (one int)`)
    }),
  ).rejects.toMatchObject({ sqlState: "25006" })
  expect(await pidOf(database)).not.toBe(pid)
})

test("an answer that came in time counts, though the process was too busy to read it", async () => {
  const { pool } = await open({ statementTimeoutMs: 0 })
  await pool.query("select 1")
  const answer = pool.query("select 1 as one")
  // Lets the statement go out.
  await new Promise((resolve) => setImmediate(resolve))
  const busyUntil = Date.now() + 1_500
  while (Date.now() < busyUntil);
  expect((await answer).rows).toEqual([{ one: 1 }])
})

test("the app waits for a database that needs ten seconds to wake", async () => {
  const url = await createTestDatabaseUrl()
  const proxy = await startDatabaseProxy(url)
  onTestFinished(proxy.close)
  proxy.delayConnections(10_000)
  const { db, pool } = await open({}, proxy.through(url))
  const answers = await Promise.all([
    pool.query("select 1 as one"),
    db.transaction((tx) => tx.execute(sql`select 1 as one`)),
  ])
  expect(answers.map(({ rows }) => rows)).toEqual([[{ one: 1 }], [{ one: 1 }]])
})

test.each(["prefer", "require", "verify-ca"])(
  "an address with sslmode=%s prints no warning",
  async (mode) => {
    const warn = vi.spyOn(process, "emitWarning")
    onTestFinished(() => warn.mockRestore())
    const { pool } = await open({}, `postgres://app@127.0.0.1:1/app?sslmode=${mode}&channel_binding=require`)
    await expect(pool.query("select 1")).rejects.toMatchObject({ reason: "ECONNREFUSED" })
    expect(warn).not.toHaveBeenCalled()
  },
)
