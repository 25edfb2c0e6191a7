import { unsealTokens } from "auth-bitbucket/connections"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { sql } from "drizzle-orm"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { Database } from "@/lib/db/client"
import { activity, connection, rateLimit, session, spentState } from "@/lib/db/schema"
import { client, obtainGrant } from "@/test/bitbucket-grant"
import { accountUuid, connect, refreshRequests, secrets, uuidOf } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { runCommand, runCommandOnTerminal, startCommand } from "@/test/run-command"

let emulator: Emulator
let db: Database
let environment: Record<string, string>

beforeEach(async () => {
  emulator = await startEmulator({ port: 0 })
  const database = await createTestDatabase()
  db = database.db
  environment = {
    NODE_ENV: "production",
    AUTH_SECRET: secrets[0],
    AUTH_SECRET_PREVIOUS: "",
    AUTH_URL: "http://localhost:3000",
    AUTH_BITBUCKET_ID: client.id,
    AUTH_BITBUCKET_SECRET: client.secret,
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
    DATABASE_URL: database.url,
    ALLOWED_WORKSPACES: "",
  }
})

afterEach(() => emulator.close())

/** A connection that stays connected and has not been refreshed for a month. */
async function connectIdle(): Promise<void> {
  await connect(db, await obtainGrant(emulator.siteUrl, "demo"))
  await db.update(connection).set({
    staysConnected: true,
    issuedAt: sql`now() - interval '31 days'`,
    expiresAt: sql`now() - interval '30 days'`,
  })
}

async function countRefreshes(): Promise<number> {
  return (await refreshRequests(emulator)).length
}

/** Which database the command acts on, without user and password. */
const database = expect.stringMatching(/^Database: 127\.0\.0\.1:\d+\/test_\w+\n$/)

describe("npm run ops -- keep-alive", () => {
  test("refreshes idle connections once, prints nothing but its summary, and ends with 0", async () => {
    await connectIdle()
    const first = await runCommand("ops", ["keep-alive"], environment)
    expect(first).toEqual({
      exitCode: 0,
      stdout: "Done: 1 refreshed, 0 ended, 0 failed.\n",
      stderr: database,
    })
    const second = await runCommand("ops", ["keep-alive", "--json"], environment)
    expect(JSON.parse(second.stdout)).toEqual({ refreshed: 0, ended: 0, failed: 0, outcome: "done" })
    expect(await countRefreshes()).toBe(1)
  })

  test("draws a bar on a terminal and takes it away before the summary", async () => {
    await connectIdle()
    const { exitCode, stdout } = await runCommandOnTerminal("ops", ["keep-alive"], environment)
    expect(exitCode).toBe(0)
    expect(stdout).toContain(
      `Refreshing [${"#".repeat(30)}] 1 of 1\r\u001B[KDone: 1 refreshed, 0 ended, 0 failed.`,
    )
  })

  test("SIGTERM to its npm process lets the refresh that has begun finish, and the next run does the rest", async () => {
    for (const index of [1, 2, 3])
      await connect(db, await obtainGrant(emulator.siteUrl, "demo"), uuidOf(index))
    await db.update(connection).set({
      staysConnected: true,
      issuedAt: sql`now() - interval '31 days'`,
      expiresAt: sql`now() - interval '30 days'`,
    })
    const slow = { ...environment, KEEP_ALIVE_PER_SECOND: "0.1" }
    const run = startCommand("ops", ["keep-alive", "--json"], slow)
    await expect.poll(countRefreshes).toBe(1)
    run.child.kill("SIGTERM")
    const { exitCode, stdout } = await run.ended
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      1,
      { refreshed: 1, ended: 0, failed: 0, outcome: "interrupted" },
    ])
    expect(JSON.parse((await runCommand("ops", ["keep-alive", "--json"], environment)).stdout)).toMatchObject(
      {
        refreshed: 2,
        outcome: "done",
      },
    )
  })

  test("ends with 1 if Bitbucket refuses, and the connection stays", async () => {
    await connectIdle()
    const wrong = { ...environment, AUTH_BITBUCKET_SECRET: "hunter2" }
    const { exitCode, stdout } = await runCommand("ops", ["keep-alive", "--json"], wrong)
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ refreshed: 0, ended: 0, failed: 1 })
    expect(await db.$count(connection, sql`${connection.status} = 'active'`)).toBe(1)
  })
})

describe("npm run ops -- prune", () => {
  test("deletes expired rows and no others, and says how many", async () => {
    await connectIdle()
    const connectionId = (await db.select({ id: connection.id }).from(connection))[0]?.id ?? ""
    const sessions = [sql`now() - interval '1 second'`, sql`now() + interval '1 day'`]
    for (const [index, expiresAt] of sessions.entries())
      await db.insert(session).values({ idHash: String(index), connectionId, expiresAt })
    await db.insert(activity).values({ accountUuid, kind: "signed_in", at: sql`now() - interval '91 days'` })
    await db.insert(spentState).values({ stateHash: "old", expiresAt: sql`now() - interval '1 second'` })
    await db.insert(rateLimit).values({ key: "old", points: 1, expire: Date.now() - 1_000 })
    const first = await runCommand("ops", ["prune", "--json"], environment)
    expect([first.exitCode, JSON.parse(first.stdout)]).toEqual([
      0,
      { sessions: 1, connections: 0, activity: 1, tokenUses: 0, spentStates: 1, rateLimits: 1 },
    ])
    const second = await runCommand("ops", ["prune"], environment)
    expect(second.stdout).toBe(
      "Deleted 0 sessions, 0 connections, 0 entries of activity, 0 counts of token uses, 0 states of old sign-ins, 0 request counts.\n",
    )
    expect(await db.$count(session)).toBe(1)
  })
})

describe("npm run ops -- reseal", () => {
  const rotated = { AUTH_SECRET: "the-secret-that-comes-after-the-old", AUTH_SECRET_PREVIOUS: secrets[0] }

  test("seals every token with the new secret, with a bar on a terminal, and says how many", async () => {
    await connectIdle()
    const { exitCode, stdout } = await runCommandOnTerminal("ops", ["reseal"], { ...environment, ...rotated })
    expect(exitCode).toBe(0)
    expect(stdout).toContain("Sealing [##############################] 1 of 1\r\u001B[K1 sealed with the new")
    const [row] = await db.select().from(connection)
    await unsealTokens(row?.sealedTokens ?? "", accountUuid, [rotated.AUTH_SECRET])
  })

  test("ends with 1 if neither secret opens some tokens, and leaves them as they are", async () => {
    await connectIdle()
    const lost = { ...environment, AUTH_SECRET: "a-secret-that-has-sealed-nothing-yet" }
    const { exitCode, stdout } = await runCommand("ops", ["reseal", "--json"], lost)
    expect([exitCode, JSON.parse(stdout)]).toEqual([1, { resealed: 0, current: 0, unreadable: 1 }])
  })
})
