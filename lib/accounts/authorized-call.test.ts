import { BitbucketError } from "auth-bitbucket/client"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { z } from "zod"
import { type ApiCredential, clientWith } from "@/lib/bitbucket/client"
import type { Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import { obtainGrant } from "@/test/bitbucket-grant"
import { accountUuid, connect, createConnectionServer, refreshRequests } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { createAuthorizedCall } from "./authorized-call"
import { readConnection } from "./connection"

let emulator: Emulator
let db: Database
let server: ReturnType<typeof createConnectionServer>

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
  const { siteUrl: BITBUCKET_SITE_URL, apiUrl: BITBUCKET_API_URL } = emulator
  stubEnvironment({ LOG_LEVEL: "silent", BITBUCKET_SITE_URL, BITBUCKET_API_URL })
})

beforeEach(async () => {
  await emulator.reset()
  ;({ db } = await createTestDatabase())
  await connect(db, await obtainGrant(emulator.siteUrl, "demo"))
  server = createConnectionServer(db, emulator)
})

afterAll(() => emulator.close())

const refused = () => Promise.reject(new BitbucketError("unauthorized", { status: 401 }))

async function countRefreshes(): Promise<number> {
  return (await refreshRequests(emulator)).length
}

test("a token that Bitbucket refuses right after a refresh is left alone for a minute, each time it happens", async () => {
  const authorizedCall = createAuthorizedCall(server, () => undefined)
  for (let refreshes = 1; refreshes <= 4; refreshes++) {
    await db.update(connection).set({ retryAt: null })
    for (let views = 0; views < 3; views++) {
      const current = await readConnection(db, accountUuid)
      if (!current) throw new Error("The connection of this test is gone")
      await expect(authorizedCall(current, "page:profile", refused)).rejects.toMatchObject({
        code: "bitbucket_unavailable",
      })
    }
    expect((await readConnection(db, accountUuid))?.retryInSeconds).toBeGreaterThan(55)
  }
  // One refresh the first time; two later, since the expired token is refreshed before it is used.
  expect(await countRefreshes()).toBe(1 + 3 * 2)
})

const path = "/2.0/workspaces/emulated-works"
const readWorkspace = async (credential: ApiCredential) =>
  z.object({ slug: z.string() }).parse(await (await clientWith(credential).request("GET", path)).json())

const refuseWith = (match: Record<string, unknown>, status: number, times: number | null = null) =>
  emulator.control.addFault({
    match: { origin: "api", ...match },
    kind: "status",
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      type: "error",
      error: { message: "Token is invalid, expired, or not supported for this endpoint." },
    }),
    times,
  })

async function callOnce(call: (credential: ApiCredential) => Promise<unknown>) {
  const current = await readConnection(db, accountUuid)
  if (!current) throw new Error("The connection of this test is gone")
  return createAuthorizedCall(server, () => undefined)(current, "page:profile", call)
}

/** The requests to the API, in order. */
const asked = async () =>
  (await emulator.control.listRequests())
    .filter(({ origin }) => origin === "api")
    .map(({ path: at, status }) => `${status} ${at}`)

test("a 401 at one endpoint leaves a token alone that Bitbucket accepts at /2.0/user", async () => {
  await refuseWith({ path }, 401)
  const before = await readConnection(db, accountUuid)
  for (let views = 0; views < 3; views++)
    await expect(callOnce(readWorkspace)).rejects.toMatchObject({ code: "forbidden", status: 401 })
  expect(await asked()).toEqual(
    Array(3)
      .fill([`401 ${path}`, "200 /2.0/user"])
      .flat(),
  )
  expect(await countRefreshes()).toBe(0)
  const { version, expiresAt, retryAt, status, failures } = (await readConnection(db, accountUuid)) ?? {}
  expect({ version, expiresAt, retryAt, status, failures }).toEqual({
    version: before?.version,
    expiresAt: before?.expiresAt,
    retryAt: null,
    status: "active",
    failures: 0,
  })
})

test("a 401 at one endpoint replaces a token that /2.0/user refuses too, and the call is repeated", async () => {
  await emulator.control.expireTokens("demo")
  await expect(callOnce(readWorkspace)).resolves.toMatchObject({
    result: { slug: "emulated-works" },
    version: 2,
  })
  expect(await asked()).toEqual([`401 ${path}`, "401 /2.0/user", `200 ${path}`])
  expect(await countRefreshes()).toBe(1)
})

test("a token that was replaced is not replaced again for an endpoint that keeps refusing it", async () => {
  await refuseWith({ path }, 401)
  await emulator.control.expireTokens("demo")
  await expect(callOnce(readWorkspace)).rejects.toMatchObject({ code: "forbidden" })
  await expect(callOnce(readWorkspace)).rejects.toMatchObject({ code: "forbidden" })
  expect(await countRefreshes()).toBe(1)
  expect(await readConnection(db, accountUuid)).toMatchObject({ version: 2, retryAt: null, failures: 0 })
})

test.each([
  [429, "rate_limited"],
  [503, "unavailable"],
])("a 401 at one endpoint condemns nothing while /2.0/user cannot say (%i)", async (status, code) => {
  await refuseWith({ path }, 401)
  await refuseWith({ path: "/2.0/user" }, status)
  await expect(callOnce(readWorkspace)).rejects.toMatchObject({ code })
  expect(await countRefreshes()).toBe(0)
  expect(await readConnection(db, accountUuid)).toMatchObject({ version: 1, retryAt: null })
})

test("a 401 at /2.0/user itself is enough to replace the token immediately", async () => {
  await refuseWith({ path: "/2.0/user" }, 401, 1)
  await expect(callOnce((credential) => clientWith(credential).user())).resolves.toMatchObject({ version: 2 })
  expect(await asked()).toEqual(["401 /2.0/user", "200 /2.0/user"])
})
