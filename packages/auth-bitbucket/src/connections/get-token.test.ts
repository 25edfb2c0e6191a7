import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import {
  account,
  leaveSeconds,
  refreshRequests,
  secret,
  signIn,
  startServer,
  tokenEndpoint,
} from "@/test/package-servers"
import { stopPooler, type TestStore, testStores } from "@/test/package-stores"
import type { TokenUnavailableError } from "./errors.ts"
import { unsealTokens } from "./sealed-tokens.ts"
import type { ConnectionStore } from "./store.ts"

describe.each(testStores)("on %s,", (_, createStore) => {
  let emulator: Emulator
  let store: TestStore
  let server: ReturnType<typeof startServer>

  beforeEach(async () => {
    emulator = await startEmulator({ port: 0 })
    store = await createStore()
    server = startServer(store, emulator)
    await signIn(server, emulator)
  })

  afterEach(() => emulator.close())
  afterAll(stopPooler)

  const letPass = (secondsLeft: number) => leaveSeconds(store, server, secondsLeft)
  const expire = () => letPass(-1)
  const openTokens = async () => {
    const row = await server.read(account)
    return unsealTokens(row?.sealedTokens ?? "", account, [secret])
  }
  /** A server whose store fails or waits where `steps` say so. */
  const startServerWith = (steps: (store: ConnectionStore) => Partial<ConnectionStore>) => {
    const opened = store.open()
    return startServer(store, emulator, { store: { ...opened, ...steps(opened) } })
  }

  test("the event of a served token repeats what the caller wants it for, and holds no token", async () => {
    const events: object[] = []
    const listening = startServer(store, emulator, {
      onEvent: (event) => {
        if (event.type === "token_served") events.push(event)
      },
    })
    const { value } = await listening.getToken(account, { purpose: "nightly report" })
    await listening.getToken(account)
    expect(events).toEqual([
      { type: "token_served", account, version: 1, purpose: "nightly report" },
      { type: "token_served", account, version: 1 },
    ])
    expect(JSON.stringify(events)).not.toContain(value)
  })

  const refuseRefresh = (fault: Record<string, unknown>) =>
    emulator.control.addFault({
      match: { grant_type: "refresh_token" },
      kind: "status",
      times: null,
      ...fault,
    })

  const oauthError = (status: number, error: string, error_description: string) => ({
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ error_description, error }),
  })

  async function acceptedByBitbucket(accessToken: string): Promise<boolean> {
    const response = await fetch(`${emulator.apiUrl}/2.0/user`, {
      headers: { authorization: `Bearer ${accessToken}` },
    })
    return response.ok
  }

  describe("an access token", () => {
    test("is served as it is while it has more than the refresh window left", async () => {
      const token = await server.getToken(account)
      expect(await acceptedByBitbucket(token.value)).toBe(true)
      expect(await refreshRequests(emulator)).toHaveLength(0)
    })

    test("is refreshed ahead of its expiry, with the old refresh token, by HTTP Basic, in a form", async () => {
      await letPass(200)
      const before = await server.read(account)
      const token = await server.getToken(account)
      expect(await acceptedByBitbucket(token.value)).toBe(true)
      expect(token.version).toBe((before?.version ?? 0) + 1)
      expect(await refreshRequests(emulator)).toMatchObject([
        {
          status: 200,
          authorization: expect.stringMatching(/^Basic/),
          form: {
            grant_type: "refresh_token",
            refresh_token: expect.stringMatching(/^\[\d+ characters, #\w+\]$/),
          },
        },
      ])
    })

    test("is refreshed once for fifty callers who find it expired", async () => {
      await expire()
      const tokens = await Promise.all(Array.from({ length: 50 }, () => server.getToken(account)))
      expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
      expect(await refreshRequests(emulator)).toHaveLength(1)
    })

    test("is refreshed once for three servers with twenty callers each, though Bitbucket is slow", async () => {
      await emulator.control.changeConfig({ refresh_grace_seconds: 0, latency_ms: 150 })
      await expire()
      const servers = [server, startServer(store, emulator), startServer(store, emulator)]
      const calls = servers.flatMap((one) => Array.from({ length: 20 }, () => one.getToken(account)))
      const tokens = await Promise.all(calls)
      expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
      expect(await refreshRequests(emulator)).toHaveLength(1)
    })

    test("survives expiry after expiry under strict rotation: each refresh stores the token for the next", async () => {
      await emulator.control.changeConfig({ refresh_grace_seconds: 0 })
      for (let expiry = 0; expiry < 5; expiry++) {
        await expire()
        await Promise.all(Array.from({ length: 10 }, () => server.getToken(account)))
      }
      expect((await refreshRequests(emulator)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    })

    test("is stored before any caller gets it", async () => {
      await expire()
      let letStore = () => {}
      const mayStore = new Promise<void>((resolve) => {
        letStore = resolve
      })
      const commitRefresh = vi.fn()
      const { getToken } = startServerWith((opened) => ({
        async commitRefresh(...given) {
          commitRefresh()
          await mayStore
          return opened.commitRefresh(...given)
        },
      }))
      const served: string[] = []
      const callers = [1, 2].map(async () => served.push((await getToken(account)).value))
      await vi.waitFor(() => expect(commitRefresh).toHaveBeenCalledOnce())
      expect(await refreshRequests(emulator), "Bitbucket has given the new pair").toMatchObject([
        { status: 200 },
      ])
      expect(served).toEqual([])

      letStore()
      await Promise.all(callers)
      const { accessToken } = await openTokens()
      expect(served).toEqual([accessToken, accessToken])
    })

    test("is refreshed without a new refresh token: the old one stays", async () => {
      await expire()
      const before = await openTokens()
      await refuseRefresh({
        status: 200,
        headers: { "content-type": "application/json" },
        body: '{"access_token": "new", "expires_in": 7200, "token_type": "bearer"}',
      })
      expect((await server.getToken(account)).value).toBe("new")
      const after = await openTokens()
      expect(after.refreshToken).toBe(before.refreshToken)
    })

    test("that Bitbucket refuses before its time is replaced once, however many notice", async () => {
      const refused = await server.getToken(account)
      await emulator.control.expireTokens("demo")
      const replace = () => server.getToken(account, { rejected: refused })
      const tokens = await Promise.all(Array.from({ length: 50 }, replace))
      expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
      expect(await acceptedByBitbucket(tokens[0]?.value ?? "")).toBe(true)
      expect(await refreshRequests(emulator)).toHaveLength(1)
    })
  })

  describe("a refresh that fails", () => {
    test.each([
      ["500", { status: 500 }],
      ["503 in HTML", { kind: "html", status: 503 }],
      ["429 in plain text", { status: 429, body: "Rate limit for this resource has been exceeded" }],
      ["a reset connection", { kind: "reset" }],
      ["an answer that is no JSON", { kind: "malformed" }],
    ])(
      "early (%s) serves the token that is still valid, and Bitbucket is left alone for a while",
      async (_, fault) => {
        await letPass(200)
        const { version } = (await server.read(account)) ?? {}
        await refuseRefresh(fault)
        const first = await server.getToken(account)
        const second = await server.getToken(account)
        expect([first.version, second.version]).toEqual([version, version])
        expect(await refreshRequests(emulator)).toHaveLength(1)
      },
    )

    test("late says when to come back, and succeeds once Bitbucket does", async () => {
      await expire()
      await refuseRefresh({ status: 503, headers: { "retry-after": "2" } })
      await expect(server.getToken(account)).rejects.toMatchObject({
        code: "bitbucket_unavailable",
        retryAfterSeconds: 2,
      })
      await emulator.control.clearFaults()
      await store.letSecondsPass(60)
      expect(await acceptedByBitbucket((await server.getToken(account)).value)).toBe(true)
      expect(await server.read(account)).toMatchObject({ failures: 0, lastFailure: null })
    })

    test("because the answer was lost is repeated within Bitbucket's grace, and no user is signed out", async () => {
      await expire()
      await emulator.control.addFault({ match: { grant_type: "refresh_token" }, kind: "drop_response" })
      await expect(server.getToken(account)).rejects.toMatchObject({ code: "bitbucket_unavailable" })
      await store.letSecondsPass(60)
      expect(await acceptedByBitbucket((await server.getToken(account)).value)).toBe(true)
      expect(await refreshRequests(emulator)).toHaveLength(2)
    })

    test("because the grant is revoked ends the connection, and Bitbucket is not asked again", async () => {
      await expire()
      await emulator.control.revokeGrants("demo")
      for (let attempt = 0; attempt < 3; attempt++)
        await expect(server.getToken(account)).rejects.toMatchObject({ code: "reauthorization_required" })
      expect(await refreshRequests(emulator)).toHaveLength(1)
      expect(await server.read(account)).toMatchObject({ status: "ended" })
    })

    test("because this deployment's client is wrong keeps the connection", async () => {
      await expire()
      await refuseRefresh(oauthError(400, "unauthorized_client", "Invalid OAuth client credentials"))
      await expect(server.getToken(account)).rejects.toMatchObject({ code: "bitbucket_unavailable" })
      expect(await server.read(account)).toMatchObject({ status: "active", lastFailure: "operator_fault" })
    })

    test("because Bitbucket refuses the client is repeated within half a minute, and the person then gets a fresh token", async () => {
      await expire()
      await refuseRefresh(oauthError(401, "invalid_client", "Invalid OAuth client credentials"))
      let waitedSeconds = 0
      for (let attempt = 0; attempt < 4; attempt++) {
        const error = await server.getToken(account).catch((thrown: unknown) => thrown)
        expect(error).toMatchObject({ code: "bitbucket_unavailable", retryAfterSeconds: expect.any(Number) })
        // The client may be corrected just after the server asked, so the person may wait all of this time.
        waitedSeconds = (error as TokenUnavailableError).retryAfterSeconds
        expect(waitedSeconds).toBeLessThanOrEqual(20)
        await store.letSecondsPass(waitedSeconds)
      }
      await emulator.control.clearFaults()
      expect(await acceptedByBitbucket((await server.getToken(account)).value)).toBe(true)
      expect(await refreshRequests(emulator)).toHaveLength(5)
    })
  })

  describe("a refresh whose tokens the database does not store immediately", () => {
    test("stores them a moment later: they are not lost", async () => {
      await expire()
      await emulator.control.changeConfig({ refresh_grace_seconds: 0 })
      let attempts = 0
      const { getToken } = startServerWith((opened) => ({
        commitRefresh: (...given) => {
          attempts++
          if (attempts < 3) throw new Error("the connection to the database was lost")
          return opened.commitRefresh(...given)
        },
      }))
      const { value } = await getToken(account)
      expect(await acceptedByBitbucket(value)).toBe(true)
      expect(attempts).toBe(3)
      expect(await refreshRequests(emulator)).toHaveLength(1)
    })
  })

  describe("a refresh that is overtaken", () => {
    /** Refreshes; `meanwhile` happens while Bitbucket's answer is on its way. */
    async function refreshWhile(meanwhile: () => Promise<unknown>) {
      await expire()
      const fetchAndWait: typeof fetch = async (...request) => {
        const answer = await fetch(...request)
        await meanwhile()
        return answer
      }
      const oauth = { ...tokenEndpoint(emulator), fetch: fetchAndWait }
      return startServer(store, emulator, { oauth }).getToken(account)
    }

    test("by a disconnect writes nothing back", async () => {
      const refreshing = refreshWhile(() => server.disconnect(account))
      await expect(refreshing).rejects.toMatchObject({
        code: "reauthorization_required",
        reason: "not_connected",
      })
      expect(await server.read(account)).toBeNull()
    })

    test("by a sign-in yields to the tokens of the sign-in", async () => {
      const { value } = await refreshWhile(() => signIn(server, emulator))
      expect(value).toBe((await openTokens()).accessToken)
      expect(await server.read(account)).toMatchObject({ version: 2, refreshedAt: null })
    })

    test("by a sign-in leaves its tokens alone, although the old grant turns out to be dead", async () => {
      await emulator.control.revokeGrants("demo")
      const { value } = await refreshWhile(() => signIn(server, emulator))
      expect(await refreshRequests(emulator)).toMatchObject([{ status: 400 }])
      expect(await acceptedByBitbucket(value)).toBe(true)
      expect(await server.read(account)).toMatchObject({ status: "active" })
    })

    test("by another server after its lease ended is fenced out and adopts what the other stored", async () => {
      const other = startServer(store, emulator)
      let winner = ""
      const { value } = await refreshWhile(async () => {
        await store.letSecondsPass(16)
        winner = (await other.getToken(account)).value
      })
      expect(value).toBe(winner)
    })
  })

  describe("a lease", () => {
    /** As a killed holder leaves it. */
    async function leaveLease(seconds: number) {
      const { id = "", version = 0 } = (await server.read(account)) ?? {}
      expect(
        await server.store.takeLease({ id, version, owner: crypto.randomUUID() }, seconds),
      ).not.toBeNull()
    }

    test("whose holder died keeps a caller with an expired token waiting for five seconds at most", async () => {
      await expire()
      await leaveLease(15)
      const startedAt = performance.now()
      await expect(server.getToken(account)).rejects.toMatchObject({ code: "bitbucket_unavailable" })
      expect(performance.now() - startedAt).toBeGreaterThan(4_500)
      expect(await refreshRequests(emulator)).toHaveLength(0)
    })

    test("whose holder died is taken over as soon as it ends", async () => {
      await expire()
      await leaveLease(0.3)
      expect(await acceptedByBitbucket((await server.getToken(account)).value)).toBe(true)
    })

    test("of another server does not keep callers from a token that is still valid", async () => {
      await letPass(200)
      await leaveLease(15)
      expect(await server.getToken(account)).toMatchObject({ version: 1 })
      expect(await refreshRequests(emulator)).toHaveLength(0)
    })
  })

  describe("sealed tokens that do not open", () => {
    test("end the connection instead of failing every page, and Bitbucket is not asked", async () => {
      await server.store.save(account, { sealedTokens: "damaged", lifetimeSeconds: 7_200, scopes: [] })
      await expire()
      await expect(server.getToken(account)).rejects.toMatchObject({ code: "reauthorization_required" })
      expect(await server.read(account)).toMatchObject({ status: "ended", lastFailure: "tokens_unreadable" })
      expect(await refreshRequests(emulator)).toHaveLength(0)
    })
  })

  describe("a caller", () => {
    test("who needs a token for longer than it has left gets a refreshed one", async () => {
      await letPass(1_800)
      expect(await server.getToken(account, { minimumValidityMs: 1_700_000 })).toMatchObject({ version: 1 })
      expect(await server.getToken(account, { minimumValidityMs: 1_900_000 })).toMatchObject({ version: 2 })
      expect(await refreshRequests(emulator)).toHaveLength(1)
    })

    test("may force a refresh, and is told when it is too soon after a failure", async () => {
      expect(await server.getToken(account, { forceRefresh: true })).toMatchObject({ version: 2 })
      await refuseRefresh({ status: 503 })
      await server.getToken(account, { forceRefresh: true })
      await expect(server.getToken(account, { forceRefresh: true })).rejects.toMatchObject({
        code: "bitbucket_unavailable",
      })
    })

    test("is told that an account is not connected, or belongs to another issuer", async () => {
      const refusal = { code: "reauthorization_required", reason: "not_connected" }
      await expect(server.getToken("{unknown}")).rejects.toMatchObject(refusal)
      const choosy = startServer(store, emulator, { accepts: (one) => one !== account })
      const known = await server.read(account)
      expect(await choosy.read(account)).toBeNull()
      await expect(choosy.getToken(account)).rejects.toMatchObject(refusal)
      if (known) await expect(choosy.refreshNow(known)).rejects.toMatchObject(refusal)
      expect(await refreshRequests(emulator)).toHaveLength(0)
    })
  })
})
