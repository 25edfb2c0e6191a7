import { timeBudgetSignal } from "auth-bitbucket/http/time-budget"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import { obtainGrant } from "@/test/bitbucket-grant"
import {
  accountUuid,
  connect,
  createConnectionServer,
  letPass,
  refreshRequests,
  secrets,
} from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { createAccessTokens } from "./access-token"
import { isReconnectAdvised } from "./connection-state"
import { sealTokens } from "./sealed-tokens"

let emulator: Emulator
let db: Database
let id: string
let server: ReturnType<typeof createConnectionServer>

beforeEach(async () => {
  stubEnvironment({ LOG_LEVEL: "silent" })
  emulator = await startEmulator({ port: 0 })
  ;({ db } = await createTestDatabase())
  id = await connect(db, await obtainGrant(emulator.siteUrl, "demo"))
  server = createConnectionServer(db, emulator)
})

afterEach(() => emulator.close())

async function read() {
  const current = await server.store.read(id)
  if (!current) throw new Error("The connection of this test is gone")
  return current
}

describe("a refusal that Bitbucket does not explain", () => {
  const refuse = (body: string, contentType: string) =>
    emulator.control.addFault({
      match: { grant_type: "refresh_token" },
      kind: "status",
      status: 401,
      headers: { "content-type": contentType },
      body,
      times: null,
    })

  test.each([
    ["a bare 401", "", "text/plain"],
    ["a word that nobody knows", '{"error": "nonsense"}', "application/json"],
  ])(
    "(%s) ends no connection; once it has been repeated, signing in again is advised",
    async (_, body, type) => {
      await letPass(db, -1)
      await refuse(body, type)
      for (const isAdvised of [false, false, true]) {
        await expect(server.getAccessToken(id)).rejects.toMatchObject({ code: "bitbucket_unavailable" })
        const current = await read()
        expect(current).toMatchObject({ status: "active", lastFailure: "unexplained_refusal" })
        expect(isReconnectAdvised(current)).toBe(isAdvised)
        await db.update(connection).set({ retryAt: null })
      }
      await emulator.control.clearFaults()
      await server.getAccessToken(id)
      expect(await read()).toMatchObject({ failures: 0, lastFailure: null })
    },
  )

  test("while the token lives serves it and advises nobody", async () => {
    await letPass(db, 200)
    await refuse("", "text/plain")
    for (let attempt = 0; attempt < 4; attempt++) {
      await server.getAccessToken(id)
      await db.update(connection).set({ retryAt: null })
    }
    expect(isReconnectAdvised(await read())).toBe(false)
  })
})

describe("a connection without a refresh token", () => {
  beforeEach(async () => {
    const grant = await obtainGrant(emulator.siteUrl, "demo")
    await connect(db, { ...grant, refreshToken: null })
  })

  test("is served to its end, then ends with a reason of its own, and Bitbucket is never asked", async () => {
    const events: unknown[] = []
    const onEvent = async (_: string, ...event: unknown[]) => void events.push(event)
    const { store, refresh } = server
    const { getAccessToken } = createAccessTokens({ store, refresh, secrets, onEvent })
    await letPass(db, 200)
    for (let attempt = 0; attempt < 2; attempt++) await getAccessToken(id)
    expect(await read()).toMatchObject({ status: "dead", lastFailure: "no_refresh_token" })
    await letPass(db, -1)
    await expect(getAccessToken(id)).rejects.toMatchObject({ code: "reauthorization_required" })
    expect(events).toEqual([["connection_ended", "no_refresh_token"]])
    expect(await refreshRequests(emulator)).toEqual([])
  })

  test("that nobody came to while it lived ends where it is met", async () => {
    await letPass(db, -1)
    await expect(server.getAccessToken(id)).rejects.toMatchObject({ code: "reauthorization_required" })
    expect(await read()).toMatchObject({ status: "dead", failures: 0 })
  })
})

describe("tokens that were sealed with a secret which this server does not know", () => {
  const newSecret = "the-secret-that-comes-after-the-old"

  test("are left to the servers that know it: here only signing in helps", async () => {
    const { accessToken, refreshToken } = await obtainGrant(emulator.siteUrl, "demo")
    const tokens = { accessToken, refreshToken: refreshToken ?? "" }
    await db
      .update(connection)
      .set({ sealedTokens: await sealTokens(tokens, accountUuid, [newSecret, ...secrets]) })
    await letPass(db, -1)
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(server.getAccessToken(id)).rejects.toMatchObject({ code: "reauthorization_required" })
    expect(await read()).toMatchObject({ status: "active", lastFailure: "tokens_unreadable" })
    expect(await refreshRequests(emulator)).toEqual([])

    const { store, refresh } = server
    const rotated = createAccessTokens({ store, refresh, secrets: [newSecret, ...secrets] })
    await rotated.getAccessToken(id)
    expect(await read()).toMatchObject({ status: "active", lastFailure: null })
  })
})

describe("the question whether somebody is still admitted", () => {
  test("shares one budget of time with the renewal before it", async () => {
    const budgets: (AbortSignal | undefined)[] = []
    const { getAccessToken } = createAccessTokens({
      store: server.store,
      secrets,
      refresh: (refreshToken) => {
        budgets.push(timeBudgetSignal())
        return server.refresh(refreshToken)
      },
      checkAdmission: async (refreshed) => {
        budgets.push(timeBudgetSignal())
        return refreshed
      },
    })
    await letPass(db, -1)
    await getAccessToken(id)
    expect(budgets).toEqual([expect.any(AbortSignal), budgets[0]])
    expect(budgets[1]).toBe(budgets[0])
  })

  test("answered with no ends the connection for whoever waits for the token", async () => {
    const { store, refresh } = server
    const { getAccessToken } = createAccessTokens({
      store,
      refresh,
      secrets,
      checkAdmission: async ({ id: refreshed }) => {
        await store.delete(refreshed)
        return store.read(refreshed)
      },
    })
    await letPass(db, -1)
    await expect(getAccessToken(id)).rejects.toMatchObject({ code: "reauthorization_required" })
  })
})
