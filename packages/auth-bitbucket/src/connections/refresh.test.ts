import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { obtainGrant } from "@/test/bitbucket-grant"
import { account, leaveSeconds, refreshRequests, secret, signIn, startServer } from "@/test/package-servers"
import { type TestStore, testStores } from "@/test/package-stores"
import { isReconnectAdvised } from "./connection-state.ts"
import type { ConnectionEvent } from "./events.ts"

const [, , [, createMemory]] = testStores as [unknown, unknown, (typeof testStores)[number]]
let emulator: Emulator
let store: TestStore
let server: ReturnType<typeof startServer>

beforeEach(async () => {
  emulator = await startEmulator({ port: 0 })
  store = await createMemory()
  server = startServer(store, emulator)
  await signIn(server, emulator)
})

afterEach(() => emulator.close())

const letPass = (secondsLeft: number) => leaveSeconds(store, server, secondsLeft)

async function read() {
  const current = await server.read(account)
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
    ["an unknown word", '{"error": "nonsense"}', "application/json"],
  ])(
    "(%s) ends no connection; once it has been repeated, signing in again is advised",
    async (_, body, type) => {
      await letPass(-1)
      await refuse(body, type)
      for (const isAdvised of [false, false, true]) {
        await expect(server.getToken(account)).rejects.toMatchObject({ code: "bitbucket_unavailable" })
        const current = await read()
        expect(current).toMatchObject({ status: "active", lastFailure: "unexplained_refusal" })
        expect(isReconnectAdvised(current)).toBe(isAdvised)
        await store.letSecondsPass(60)
      }
      await emulator.control.clearFaults()
      await server.getToken(account)
      expect(await read()).toMatchObject({ failures: 0, lastFailure: null })
    },
  )

  test("serves a token that is still valid, and does not offer to reconnect", async () => {
    await letPass(200)
    await refuse("", "text/plain")
    for (let attempt = 0; attempt < 4; attempt++) {
      await server.getToken(account)
      await store.letSecondsPass(31)
    }
    expect(isReconnectAdvised(await read())).toBe(false)
  })
})

describe("a connection without a refresh token", () => {
  beforeEach(async () => {
    const { accessToken, lifetimeSeconds, scopes } = await obtainGrant(emulator.siteUrl, "demo")
    await server.save({ tokens: { accessToken, refreshToken: "" }, lifetimeSeconds, scopes }, account)
  })

  test("is served until its token expires, then ends with its own reason, and Bitbucket is never asked", async () => {
    const events: ConnectionEvent[] = []
    const { getToken } = startServer(store, emulator, { onEvent: (event) => void events.push(event) })
    await letPass(200)
    for (let attempt = 0; attempt < 2; attempt++) await getToken(account)
    expect(await read()).toMatchObject({ status: "ended", lastFailure: "no_refresh_token" })
    await letPass(-1)
    await expect(getToken(account)).rejects.toMatchObject({
      code: "reauthorization_required",
      reason: "ended",
    })
    expect(events.filter(({ type }) => type === "connection_ended")).toEqual([
      { type: "connection_ended", account, reason: "no_refresh_token" },
    ])
    expect(await refreshRequests(emulator)).toEqual([])
  })

  test("ends at its first use if that comes after its token has expired", async () => {
    await letPass(-1)
    await expect(server.getToken(account)).rejects.toMatchObject({ code: "reauthorization_required" })
    expect(await read()).toMatchObject({ status: "ended", failures: 0 })
  })
})

describe("tokens that were sealed with a secret which this server does not know", () => {
  const newSecret = "the-secret-that-comes-after-the-old"

  test("are left to the servers that know it: here only signing in helps", async () => {
    const rotated = startServer(store, emulator, { secrets: [newSecret, secret] })
    await signIn(rotated, emulator)
    await letPass(-1)
    const refusal = { code: "reauthorization_required", reason: "tokens_unreadable" }
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(server.getToken(account)).rejects.toMatchObject(refusal)
    expect(await read()).toMatchObject({ status: "active", lastFailure: "tokens_unreadable" })
    expect(await refreshRequests(emulator)).toEqual([])

    await rotated.getToken(account)
    expect(await read()).toMatchObject({ status: "active", lastFailure: null })
  })
})

describe("the question after a refresh", () => {
  test("shares one budget of time with it", async () => {
    const signals: (AbortSignal | null | undefined)[] = []
    const { getToken } = startServer(store, emulator, {
      oauth: (_, signal) => {
        signals.push(signal)
        const tokens = { accessToken: "new", refreshToken: "new", lifetimeSeconds: 7_200, scopes: null }
        return Promise.resolve({ ok: true, tokens })
      },
      afterRefresh: async (refreshed, _, signal) => {
        signals.push(signal)
        return refreshed
      },
    })
    await letPass(-1)
    await getToken(account)
    expect(signals).toEqual([expect.any(AbortSignal), signals[0]])
    expect(signals[1]).toBe(signals[0])
  })

  test("ends the wait of every caller if the account has been deleted", async () => {
    const { getToken } = startServer(store, emulator, {
      afterRefresh: async (refreshed) => {
        await server.disconnect(refreshed)
        return server.read(account)
      },
    })
    await letPass(-1)
    await expect(getToken(account)).rejects.toMatchObject({ code: "reauthorization_required" })
  })
})

describe("a clock of the caller's", () => {
  test("decides how long callers wait for Bitbucket and the store, without a second of real time", async () => {
    let elapsed = 0
    const waits: number[] = []
    const clock = {
      now: () => Date.now(),
      elapsed: () => elapsed,
      wait: async (ms: number, { signal }: { signal?: AbortSignal | undefined } = {}) => {
        // Deadlines pass only when nothing else is left to do.
        if (ms >= 5_000)
          return new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()))
        waits.push(ms)
        elapsed += ms
      },
    }
    let attempts = 0
    const opened = store.open()
    const isDown = () => elapsed < 40 * 60_000
    const { getToken } = startServer(store, emulator, {
      clock,
      store: {
        ...opened,
        isUnreachable: () => true,
        commitRefresh: async (...given) => {
          attempts++
          if (isDown()) throw new Error("down")
          return opened.commitRefresh(...given)
        },
      },
    })
    await letPass(-1)
    expect(await getToken(account)).toMatchObject({ version: 2 })
    expect(waits.slice(0, 5)).toEqual([500, 1_000, 2_000, 4_000, 4_000])
    expect(attempts).toBeGreaterThan(600)
    expect(await refreshRequests(emulator)).toHaveLength(1)
  })
})
