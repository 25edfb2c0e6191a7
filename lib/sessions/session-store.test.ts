import { sql } from "drizzle-orm"
import { expect, onTestFinished, test, vi } from "vitest"
import { connectionStore } from "@/lib/accounts/connection"
import { openDatabase } from "@/lib/db/client"
import { activity, connection, session } from "@/lib/db/schema"
import { createTestDatabase, createTestDatabaseUrl } from "@/test/database"
import { startStatementCounter } from "@/test/statement-counter"
import { stubEnvironment } from "@/test/stub-environment"
import { createSessionStore } from "./session-store"

const accountUuid = "{11111111-2222-4333-8444-555555555555}"
const otherAccountUuid = "{99999999-2222-4333-8444-555555555555}"

async function createStores() {
  stubEnvironment()
  const { db, close } = openDatabase(await createTestDatabaseUrl(), { maxConnections: 8 })
  onTestFinished(close)
  const signIn = (previousSid: string | null = null, uuid = accountUuid) =>
    createSessionStore(db).signIn({
      account: uuid,
      profile: { account: { uuid }, emails: null } as never,
      save: (store) =>
        store.save(uuid, { sealedTokens: "sealed", lifetimeSeconds: 7_200, scopes: ["account"] }),
      userAgent: null,
      previousSid,
    })
  return {
    db,
    sessions: createSessionStore(db),
    connections: connectionStore(db),
    signIn,
  }
}

test("a session ends once, and the last one takes the tokens with it", async () => {
  const { db, sessions, signIn } = await createStores()
  const [one, other] = [await signIn(), await signIn()]
  expect(await sessions.end(one)).not.toBeNull()
  expect(await sessions.end(one)).toBeNull()
  expect((await db.execute(sql`select 1 from ${connection}`)).rowCount).toBe(1)
  expect(await sessions.end(other)).not.toBeNull()
  expect((await db.execute(sql`select 1 from ${connection}`)).rowCount).toBe(0)
})

test("the last live session takes the tokens with it, even if rows of expired sessions are left", async () => {
  const { db, sessions, signIn } = await createStores()
  await signIn()
  await db.update(session).set({ expiresAt: sql`now() - interval '1 second'` })
  expect(await sessions.end(await signIn())).not.toBeNull()
  expect((await db.execute(sql`select 1 from ${connection}`)).rowCount).toBe(0)
  expect((await db.execute(sql`select 1 from ${session}`)).rowCount).toBe(0)
})

test("a person learns from their activity of each session that expired, and when, however its row goes", async () => {
  const { db, sessions, signIn } = await createStores()
  const at = new Date("2026-01-02T03:04:05Z")
  const expire = () =>
    db.update(session).set({ expiresAt: at, userAgent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0" })
  const expired = { accountUuid, kind: "session_expired", detail: "Firefox on Windows", at }
  const entries = async () => {
    const rows = await db.select().from(activity)
    await db.delete(activity)
    return rows.filter(({ kind }) => kind !== "signed_in").map(({ id, ...entry }) => entry)
  }

  const returning = await signIn()
  await expire()
  await signIn(returning)
  expect(await entries(), "the same browser signs in again").toEqual([expired])
  await expire()
  await signIn()
  expect(await entries(), "another browser signs in").toEqual([expired])
  await expire()
  await sessions.prune({ batchSize: 10, mostBatches: 1, mayContinue: () => true })
  expect(await entries(), "expired rows are deleted").toEqual([expired])
  expect(await sessions.end(await signIn())).not.toBeNull()
  expect(await entries(), "a session that was ended has not expired").toEqual([])
})

test("only live sessions count among the other sessions that end", async () => {
  const { db, sessions, signIn } = await createStores()
  await signIn()
  await db.update(session).set({ expiresAt: sql`now() - interval '1 second'` })
  const own = await sessions.read(await signIn(), accountUuid)
  await signIn()
  expect(await sessions.endOthers(own?.connection.id ?? "", own?.reference ?? "")).toHaveLength(1)
  const range = { limit: 5, offset: 0, first: own?.reference ?? "" }
  expect(await sessions.list(own?.connection.id ?? "", range)).toMatchObject([{ reference: own?.reference }])
})

test("the session that a person looks from is the first of the list, and then the one seen last", async () => {
  const { sessions, signIn, db } = await createStores()
  const own = await sessions.read(await signIn(), accountUuid)
  const [older, newer] = [await signIn(), await signIn()]
  await db.update(session).set({ lastSeenAt: sql`now() - interval '1 hour'` })
  await sessions.touch(older)
  await sessions.touch(newer)
  const range = { limit: 5, offset: 0, first: own?.reference ?? "" }
  const list = await sessions.list(own?.connection.id ?? "", range)
  const references = await Promise.all(
    [newer, older].map(async (sid) => (await sessions.read(sid, accountUuid))?.reference),
  )
  expect(list.map(({ reference }) => reference)).toEqual([own?.reference, ...references])
})

test("signing out, signing in again and disconnecting at the same moment never deadlock", async () => {
  const { db, sessions, connections, signIn } = await createStores()
  for (let round = 0; round < 40; round++) {
    const sids = await Promise.all([signIn(), signIn(), signIn()])
    const [row] = await db.select({ connectionId: session.connectionId }).from(session).limit(1)
    const outcomes = await Promise.allSettled([
      ...sids.map((sid) => sessions.end(sid)),
      signIn(sids[0]),
      connections.delete(row ? accountUuid : ""),
    ])
    expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([])
  }
})

test("sixty browsers that swap two accounts at the same moment all get their new session", async () => {
  const { db, sessions, signIn } = await createStores()
  const accounts = [accountUuid, otherAccountUuid] as const
  const browsers = Array.from({ length: 24 }, (_, index) => index)
  const before = await Promise.all(browsers.map((index) => signIn(null, accounts[index % 2])))
  const swapped = await Promise.allSettled(
    Array.from({ length: 60 }, (_, index) =>
      signIn(before[index % 24] ?? null, accounts[(index + 1) % 2] as string),
    ),
  )
  expect(swapped.filter(({ status }) => status === "rejected")).toEqual([])
  for (const [index, sid] of before.entries())
    expect(await sessions.read(sid, accounts[index % 2] as string)).toBeNull()
  expect((await db.execute(sql`select 1 from ${session}`)).rowCount).toBe(60)
})

test("a swap needs no second attempt, because every sign-in takes its locks in the same order", async () => {
  const { db, signIn } = await createStores()
  const begun = vi.spyOn(db, "transaction")
  for (let round = 0; round < 20; round++) {
    const [one, other] = await Promise.all([signIn(null, accountUuid), signIn(null, otherAccountUuid)])
    begun.mockClear()
    await Promise.all([signIn(one, otherAccountUuid), signIn(other, accountUuid)])
    expect(begun).toHaveBeenCalledTimes(2)
  }
})

test("an account has at most fifty sessions: the least recently seen one ends, and never the new one", async () => {
  const { db, sessions, signIn } = await createStores()
  const [first, second] = [await signIn(), await signIn()]
  await db.update(session).set({ lastSeenAt: sql`now() - interval '1 hour'` })
  await sessions.touch(first)
  for (let count = 0; count < 48; count++) await signIn()
  expect(await sessions.read(second, accountUuid)).not.toBeNull()
  await signIn()
  expect(await sessions.read(second, accountUuid), "seen longest ago").toBeNull()
  expect(await sessions.read(first, accountUuid), "older, but seen since").not.toBeNull()
  await db.update(session).set({ lastSeenAt: sql`now() + interval '1 minute'` })
  const afterwards = await signIn()
  expect(await sessions.read(afterwards, accountUuid), "though all others were seen later").not.toBeNull()
  expect((await db.execute(sql`select 1 from ${session}`)).rowCount).toBe(50)
})

test("a browser that signs in again takes the place of its own session among the fifty", async () => {
  const { db, sessions, signIn } = await createStores()
  const others = [await signIn(), await signIn()]
  let own = await signIn()
  for (let count = 0; count < 47; count++) await signIn()
  own = await signIn(own)
  for (const sid of [...others, own]) expect(await sessions.read(sid, accountUuid)).not.toBeNull()
  expect((await db.execute(sql`select 1 from ${session}`)).rowCount).toBe(50)
})

test("a sign-in is four statements, and is in the person's activity or has not happened", async () => {
  stubEnvironment()
  const { db, url } = await createTestDatabase()
  await using counter = await startStatementCounter(url)
  const { db: counted, close } = openDatabase(counter.url)
  const signIn = () =>
    createSessionStore(counted).signIn({
      account: accountUuid,
      profile: { account: { uuid: accountUuid }, emails: null } as never,
      save: (store) =>
        store.save(accountUuid, { sealedTokens: "sealed", lifetimeSeconds: 7_200, scopes: ["account"] }),
      userAgent: "Firefox/145 Linux",
      previousSid: null,
    })
  const kept = () => Promise.all([connection, session, activity].map((table) => db.$count(table)))
  counter.failWhere((statement) => statement.includes('"activity"'), { sqlState: "P0001" })
  await expect(signIn()).rejects.toMatchObject({ reason: "P0001" })
  expect(counter.heal()).toBe(1)
  expect(await kept()).toEqual([0, 0, 0])
  counter.take()
  await signIn()
  expect(counter.take(), "begin, tokens, session and activity, commit").toHaveLength(4)
  expect(await kept()).toEqual([1, 1, 1])
  expect(await db.select({ detail: activity.detail }).from(activity)).toEqual([
    { detail: "Firefox on Linux" },
  ])
  await close()
})

test("expired sessions do not count towards the fifty, and a sign-in deletes those of its own account", async () => {
  const { db, sessions, signIn } = await createStores()
  for (let count = 0; count < 50; count++) await signIn()
  await signIn(null, otherAccountUuid)
  await db.update(session).set({ expiresAt: sql`now() - interval '1 second'` })
  const first = await signIn()
  await db.update(session).set({ lastSeenAt: sql`now() - interval '1 hour'` })
  for (let count = 0; count < 49; count++) await signIn()
  expect(await sessions.read(first, accountUuid)).not.toBeNull()
  expect((await db.execute(sql`select 1 from ${session}`)).rowCount, "with one of the other account").toBe(51)
})
