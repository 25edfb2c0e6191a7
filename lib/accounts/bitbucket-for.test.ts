import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { db as appDatabase, type Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import { client, obtainGrant } from "@/test/bitbucket-grant"
import { accountUuid, connect, refreshRequests } from "@/test/connection-server"
import { createTestDatabaseUrl } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { bitbucketFor } from "./bitbucket-for"
import { readConnection } from "./connection"

const MOST_PER_MINUTE = 50

let emulator: Emulator
let db: Database

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
  stubEnvironment({
    LOG_LEVEL: "silent",
    DATABASE_URL: await createTestDatabaseUrl(),
    AUTH_BITBUCKET_ID: client.id,
    AUTH_BITBUCKET_SECRET: client.secret,
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
    RATE_LIMIT_PER_ACCOUNT: String(MOST_PER_MINUTE),
  })
  db = appDatabase()
})

beforeEach(async () => {
  await emulator.reset()
  await db.delete(connection)
  await connect(db, await obtainGrant(emulator.siteUrl, "demo"))
  await emulator.control.clearRequests()
})

afterAll(() => emulator.close())

async function bitbucket() {
  const current = await readConnection(db, accountUuid)
  if (!current) throw new Error("The connection of this test is gone")
  return bitbucketFor(current, "page:workspaces")
}

/** The requests to the API, in order. */
const asked = async () =>
  (await emulator.control.listRequests())
    .filter(({ origin }) => origin === "api")
    .map(({ path, status }) => `${status} ${path}`)

const refuse = (path: string, times: number | null) =>
  emulator.control.addFault({
    match: { origin: "api", path },
    kind: "status",
    status: 401,
    headers: { "content-type": "application/json" },
    body: '{"type": "error", "error": {"message": "Token is invalid, expired, or not supported for this endpoint."}}',
    times,
  })

test("a page's client calls as the person whose connection it is", async () => {
  expect(await (await bitbucket()).user()).toMatchObject({ nickname: "demo" })
  expect(await asked()).toEqual(["200 /2.0/user"])
})

test("a token that Bitbucket refuses is refreshed once and stored, and the call made again", async () => {
  await emulator.control.expireTokens("demo")
  await (await bitbucket()).membership("emulated-works")
  const path = "/2.0/user/workspaces/emulated-works/permission"
  expect(await asked()).toEqual([`401 ${path}`, "401 /2.0/user", `200 ${path}`])
  expect(await refreshRequests(emulator)).toHaveLength(1)
  expect(await readConnection(db, accountUuid)).toMatchObject({ version: 2 })
})

test("a token that Bitbucket refuses right after a refresh is left alone for a minute", async () => {
  await refuse("/2.0/user", null)
  await expect((await bitbucket()).user()).rejects.toMatchObject({ code: "unauthorized" })
  expect((await readConnection(db, accountUuid))?.retryInSeconds).toBeGreaterThan(55)
  for (let views = 0; views < 3; views++)
    await expect((await bitbucket()).user()).rejects.toMatchObject({ code: expect.anything() })
  expect(await refreshRequests(emulator)).toHaveLength(1)
})

test("a page stops waiting when its time is up, however slowly Bitbucket answers", async () => {
  await emulator.control.changeConfig({ latency_ms: 20_000 })
  const startedAt = performance.now()
  await expect((await bitbucket()).user()).rejects.toMatchObject({ code: "unreachable" })
  expect(performance.now() - startedAt).toBeLessThan(15_000)
  await emulator.control.changeConfig({ latency_ms: 0 })
})

test("the app asks Bitbucket about one account no more often than the limit allows per minute", async () => {
  const codes: unknown[] = []
  for (let calls = 0; calls <= MOST_PER_MINUTE; calls++)
    codes.push(
      await (await bitbucket()).user().then(
        () => "ok",
        ({ code }: { code: unknown }) => code,
      ),
    )
  expect(codes.at(-1)).toBe("asked_too_often")
  expect((await asked()).length).toBeLessThan(codes.length)
})
