import { eq } from "drizzle-orm"
import { beforeEach, expect, test } from "vitest"
import type { Database } from "@/lib/db/client"
import { connection, tokenUse } from "@/lib/db/schema"
import { createPersonalData } from "@/lib/sessions/personal-data"
import { connect, grant, uuidOf } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { createTokenUses } from "./token-uses"

const noon = Date.UTC(2026, 10, 30, 12)
const minutes = (count: number) => count * 60_000
const [ada, bo] = [uuidOf(1), uuidOf(2)]

let db: Database
let clock: number
let statements: number

beforeEach(async () => {
  stubEnvironment({ LOG_LEVEL: "silent" })
  db = (await createTestDatabase()).db
  clock = noon
  statements = 0
  for (const account of [ada, bo]) await connect(db, grant, account)
  await db.update(connection).set({ connectedAt: new Date(noon) })
})

const counted = () => ({
  query: (statement: string, values: unknown[]) => {
    statements++
    return db.query(statement, values)
  },
})

const create = (options = {}) => createTokenUses(counted, { now: () => clock, ...options })

test("a thousand uses of a token are written as one row for each hour and purpose, by one statement", async () => {
  const uses = create({ writtenEveryMs: 60_000 })
  for (let use = 0; use < 1_000; use++) {
    clock = noon + use
    uses.note(ada, use % 4 === 0 ? "page:workspaces" : "page:profile")
  }
  expect(statements).toBe(0)
  await uses.flush()
  expect(statements).toBe(1)
  expect(await db.select().from(tokenUse).orderBy(tokenUse.purpose)).toEqual([
    {
      accountUuid: ada,
      hour: new Date(noon),
      purpose: "page:profile",
      count: 750,
      lastAt: new Date(noon + 999),
    },
    {
      accountUuid: ada,
      hour: new Date(noon),
      purpose: "page:workspaces",
      count: 250,
      lastAt: new Date(noon + 996),
    },
  ])
  await uses.flush()
  expect(statements, "nothing new is not written").toBe(1)
})

test("what several servers wrote within an hour adds up, and a day is listed by purpose", async () => {
  const servers = [create(), create()]
  for (const [index, server] of servers.entries())
    for (const hour of [0, 1]) {
      clock = noon + minutes(60 * hour + index)
      server.note(ada, "page:profile")
      server.note(bo, "job:keep-alive")
    }
  await Promise.all(servers.map(({ flush }) => flush()))
  expect(await db.$count(tokenUse)).toBe(4)
  const [{ list }] = servers as [ReturnType<typeof create>]
  expect(await list(ada)).toEqual([
    {
      day: new Date(noon - minutes(720)),
      purpose: "page:profile",
      count: 4,
      lastAt: new Date(noon + minutes(61)),
    },
  ])
})

test("a listing includes what this server has counted until now", async () => {
  const { note, list } = create()
  note(ada, "page:profile")
  expect(await list(ada)).toMatchObject([{ purpose: "page:profile", count: 1 }])
})

test("uses are written by themselves a moment later", async () => {
  create({ writtenEveryMs: 1 }).note(ada, "page:profile")
  await expect.poll(() => db.$count(tokenUse)).toBe(1)
})

test("what the database does not take is written later, and counted once", async () => {
  let isDown = true
  const uses = createTokenUses(
    () => ({
      query: (statement: string, values: unknown[]) =>
        isDown ? Promise.reject(new Error("down")) : db.query(statement, values),
    }),
    { now: () => clock, writtenEveryMs: 60_000 },
  )
  uses.note(ada, "page:profile")
  await uses.flush()
  uses.note(ada, "page:profile")
  isDown = false
  await uses.flush()
  expect(await db.select({ count: tokenUse.count }).from(tokenUse)).toEqual([{ count: 2 }])
})

test("no more than a bounded number of different uses waits in memory", async () => {
  const uses = create({ mostWaiting: 2, writtenEveryMs: 60_000 })
  for (const purpose of ["page:profile", "page:workspaces", "page:connection"] as const)
    uses.note(ada, purpose)
  uses.note(ada, "page:profile")
  await uses.flush()
  const rows = await db.select({ purpose: tokenUse.purpose, count: tokenUse.count }).from(tokenUse)
  expect(rows.sort((one, other) => one.count - other.count)).toEqual([
    { purpose: "page:workspaces", count: 1 },
    { purpose: "page:profile", count: 2 },
  ])
})

test("a use that is written after a person had their data deleted leaves nothing of them", async () => {
  const uses = create({ writtenEveryMs: 60_000 })
  for (const account of [ada, bo]) uses.note(account, "page:profile")
  await createPersonalData(db).erase(ada)
  await uses.flush()
  expect((await db.select().from(tokenUse)).map(({ accountUuid }) => accountUuid)).toEqual([bo])
})

test("a deletion that has begun when uses are written leaves nothing either", async () => {
  const uses = create({ writtenEveryMs: 60_000 })
  uses.note(ada, "page:profile")
  let writing: Promise<void> = Promise.resolve()
  await db.transaction(async (tx) => {
    await tx.delete(connection).where(eq(connection.accountUuid, ada))
    writing = uses.flush()
    const isWaiting = () =>
      db.query("select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%token_use%'")
    await expect.poll(async () => (await isWaiting()).rowCount).toBe(1)
  })
  await writing
  expect(await db.$count(tokenUse)).toBe(0)
})

test("uses of a connection that a user has deleted do not come back with the next one", async () => {
  const uses = create()
  uses.note(ada, "page:profile")
  uses.note(bo, "page:profile")
  await db
    .update(connection)
    .set({ connectedAt: new Date(noon + 1) })
    .where(eq(connection.accountUuid, ada))
  await uses.flush()
  expect(await db.select({ account: tokenUse.accountUuid }).from(tokenUse)).toEqual([{ account: bo }])
})
