import { sql } from "drizzle-orm"
import { expect, test, vi } from "vitest"
import { createAccountStore } from "@/lib/accounts/account-store"
import { openDatabase } from "@/lib/db/client"
import { activity, connection, rateLimit, session, spentState, tokenUse } from "@/lib/db/schema"
import { uuidOf } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { startStatementCounter } from "@/test/statement-counter"
import { stubEnvironment } from "@/test/stub-environment"
import { deleteExpiredRows, deleteSomeExpiredRows } from "./delete-expired-rows"
import { createSessionStore } from "./session-store"

async function createStores() {
  stubEnvironment()
  const { db } = await createTestDatabase()
  const sessions = createSessionStore(db)
  const signIn = (index: number) =>
    sessions.signIn({
      account: uuidOf(index),
      profile: { account: { uuid: uuidOf(index) }, emails: null } as never,
      save: (store) =>
        store.save(uuidOf(index), { sealedTokens: "sealed", lifetimeSeconds: 7_200, scopes: ["account"] }),
      userAgent: null,
      previousSid: null,
    })
  return { db, sessions, accounts: createAccountStore(db), signIn }
}

const expired = sql`now() - interval '1 second'`

test("counts of requests are deleted when their minute has passed, and not before", async () => {
  const { db } = await createStores()
  await db.insert(rateLimit).values([
    { key: "over", points: 3, expire: Date.now() - 1_000 },
    { key: "running", points: 3, expire: Date.now() + 60_000 },
    { key: "endless", points: 3, expire: null },
  ])
  expect(await deleteExpiredRows(db)).toMatchObject({ rateLimits: 1 })
  const left = await db.select({ key: rateLimit.key }).from(rateLimit)
  expect(left.map(({ key }) => key).sort()).toEqual(["endless", "running"])
})

test("a sign-in deletes a hundred expired rows of each kind, and the connections that no longer have a session", async () => {
  const { db, signIn } = await createStores()
  await Promise.all(Array.from({ length: 120 }, (_, index) => signIn(index)))
  await db.update(session).set({ expiresAt: expired })
  const kept = await signIn(500)
  const rows = Array.from({ length: 120 }, (_, index) => String(index))
  await db.insert(spentState).values(rows.map((stateHash) => ({ stateHash, expiresAt: expired })))
  await db.insert(rateLimit).values(rows.map((key) => ({ key, points: 1, expire: 1 })))
  await db
    .insert(activity)
    .values(
      rows.map(() => ({ accountUuid: uuidOf(0), kind: "signed_in", at: sql`now() - interval '91 days'` })),
    )
  const ninetyOneDaysAgo = sql`date_trunc('hour', now()) - interval '91 days'`
  await db.insert(tokenUse).values(
    rows.map((_, index) => ({
      accountUuid: uuidOf(index),
      hour: ninetyOneDaysAgo,
      purpose: "page:profile",
      count: 1,
      lastAt: ninetyOneDaysAgo,
    })),
  )
  const hundred = {
    sessions: 100,
    connections: 100,
    activity: 100,
    tokenUses: 100,
    spentStates: 100,
    rateLimits: 100,
  }
  expect(await deleteSomeExpiredRows(db)).toEqual(hundred)
  const twenty = {
    sessions: 20,
    connections: 20,
    activity: 20,
    tokenUses: 20,
    spentStates: 20,
    rateLimits: 20,
  }
  expect(await deleteSomeExpiredRows(db)).toEqual(twenty)
  expect(await createSessionStore(db).read(kept, uuidOf(500)), "what has not expired stays").not.toBeNull()
})

test("where nothing has expired, a sign-in asks once and deletes nothing", async () => {
  stubEnvironment()
  const { url } = await createTestDatabase()
  await using counter = await startStatementCounter(url)
  const { db, close } = openDatabase(counter.url)
  const nothing = { sessions: 0, connections: 0, activity: 0, tokenUses: 0, spentStates: 0, rateLimits: 0 }
  expect(await deleteSomeExpiredRows(db)).toEqual(nothing)
  expect(counter.take()).toHaveLength(1)
  await close()
})

test("sign-ins at the same moment delete every expired row once, without a deadlock", async () => {
  const { db, signIn } = await createStores()
  await Promise.all(Array.from({ length: 60 }, (_, index) => signIn(index % 20)))
  await db.update(session).set({ expiresAt: expired })
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, (_, index) => (index % 2 ? deleteSomeExpiredRows(db) : signIn(index % 20))),
  )
  expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([])
  await deleteSomeExpiredRows(db)
  const isLive = sql`select count(*)::int as live from ${session} where expires_at > now()`
  expect((await db.execute(isLive)).rows).toEqual([{ live: 20 }])
  expect((await db.execute(sql`select 1 from ${session}`)).rowCount).toBe(20)
})

test("staying connected ends after a year without a visit, and each visit starts the year again", async () => {
  const { db, sessions, accounts, signIn } = await createStores()
  const ago = (interval: string) => sql`now() - ${interval}::interval`
  const visits = ["364 days", "366 days", "366 days", "366 days"]
  const ids: string[] = []
  for (const [index, visit] of visits.entries()) {
    const sid = await signIn(index)
    const { id } = (await sessions.read(sid, uuidOf(index)))?.connection ?? { id: "" }
    ids.push(id)
    await accounts.setStaysConnected(id, true)
    await db
      .update(connection)
      .set({ lastVisitAt: ago(visit) })
      .where(sql`id = ${id}`)
    // One that is still signed in, and one that comes back.
    if (index === 2) continue
    if (index === 3) await sessions.touch(sid)
    await db.update(session).set({ expiresAt: expired }).where(sql`connection_id = ${id}`)
  }
  expect(await deleteSomeExpiredRows(db)).toMatchObject({ sessions: 3, connections: 1 })
  const left = await db.select({ id: connection.id }).from(connection)
  expect(left.map(({ id }) => id).sort()).toEqual([ids[0], ids[2], ids[3]].sort())
})

test("how long staying connected lasts without a visit is the deployment's choice, and a daily run ends it too", async () => {
  const { db, sessions, accounts, signIn } = await createStores()
  const id = (await sessions.read(await signIn(1), uuidOf(1)))?.connection.id ?? ""
  await accounts.setStaysConnected(id, true)
  await db.update(connection).set({ lastVisitAt: sql`now() - interval '31 days'` })
  await db.update(session).set({ expiresAt: expired })
  expect(await deleteExpiredRows(db), "within a year").toMatchObject({ sessions: 1, connections: 0 })
  stubEnvironment({ STAY_CONNECTED_DAYS: "30" })
  vi.resetModules()
  const anotherServer = await import("./delete-expired-rows")
  expect(await anotherServer.deleteExpiredRows(db)).toMatchObject({ sessions: 0, connections: 1 })
})

test("the app records a visit once a day, and signing in counts as one", async () => {
  const { db, sessions, signIn } = await createStores()
  const sid = await signIn(1)
  const visited = async () =>
    (await db.select({ at: connection.lastVisitAt }).from(connection))[0]?.at.getTime() ?? 0
  expect(Date.now() - (await visited())).toBeLessThan(60_000)
  await db.update(connection).set({ lastVisitAt: sql`now() - interval '23 hours'` })
  const before = await visited()
  await sessions.touch(sid)
  expect(await visited()).toBe(before)
  await db.update(connection).set({ lastVisitAt: sql`now() - interval '25 hours'` })
  await sessions.touch(sid)
  expect(Date.now() - (await visited())).toBeLessThan(60_000)
  await db.update(connection).set({ lastVisitAt: sql`now() - interval '1 hour'` })
  await signIn(1)
  expect(Date.now() - (await visited())).toBeLessThan(60_000)
})
