import { sql } from "drizzle-orm"
import { expect, onTestFinished, test } from "vitest"
import { createConnectionStore } from "@/lib/connections/connection-store"
import { openDatabase } from "@/lib/db/client"
import { connection, session } from "@/lib/db/schema"
import { createTestDatabaseUrl } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { createSessionStore } from "./session-store"

const accountUuid = "{11111111-2222-4333-8444-555555555555}"
const emptyProfile = { account: { uuid: accountUuid }, emails: null } as never

async function createStores() {
  stubEnvironment()
  const { db, close } = openDatabase(await createTestDatabaseUrl(), { maxConnections: 8 })
  onTestFinished(close)
  const signIn = (previousSid: string | null = null) =>
    createSessionStore(db).signIn({
      accountUuid,
      profile: emptyProfile,
      tokens: { kind: "oauth2", sealedTokens: "sealed", lifetimeSeconds: 7_200, scopes: ["account"] },
      userAgent: null,
      previousSid,
    })
  return { db, sessions: createSessionStore(db), connections: createConnectionStore(db), signIn }
}

test("a session ends once, and the last one takes the tokens with it", async () => {
  const { db, sessions, signIn } = await createStores()
  const [one, other] = [await signIn(), await signIn()]
  expect(await sessions.end(one)).toBe(true)
  expect(await sessions.end(one)).toBe(false)
  expect((await db.execute(sql`select 1 from ${connection}`)).rowCount).toBe(1)
  expect(await sessions.end(other)).toBe(true)
  expect((await db.execute(sql`select 1 from ${connection}`)).rowCount).toBe(0)
})

test("the last session that lives takes the tokens with it, whatever rows of lapsed ones are left", async () => {
  const { db, sessions, signIn } = await createStores()
  await signIn()
  await db.update(session).set({ expiresAt: sql`now() - interval '1 second'` })
  expect(await sessions.end(await signIn())).toBe(true)
  expect((await db.execute(sql`select 1 from ${connection}`)).rowCount).toBe(0)
  expect((await db.execute(sql`select 1 from ${session}`)).rowCount).toBe(0)
})

test("of other sessions that end, only those that lived are counted", async () => {
  const { db, sessions, signIn } = await createStores()
  await signIn()
  await db.update(session).set({ expiresAt: sql`now() - interval '1 second'` })
  const own = await sessions.read(await signIn(), accountUuid)
  await signIn()
  expect(await sessions.endOthers(own?.connection.id ?? "", own?.reference ?? "")).toBe(1)
  expect(await sessions.list(own?.connection.id ?? "")).toMatchObject([{ reference: own?.reference }])
})

test("signing out, signing in anew and disconnecting at the same moment never wait for each other in a circle", async () => {
  const { db, sessions, connections, signIn } = await createStores()
  for (let round = 0; round < 40; round++) {
    const sids = await Promise.all([signIn(), signIn(), signIn()])
    const [row] = await db.select({ connectionId: session.connectionId }).from(session).limit(1)
    const outcomes = await Promise.allSettled([
      ...sids.map((sid) => sessions.end(sid)),
      signIn(sids[0]),
      connections.delete(row?.connectionId ?? ""),
    ])
    expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([])
  }
})
