import { type Emulator, startEmulator } from "bitbucket-emulator"
import { sql } from "drizzle-orm"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
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
import type { ConnectionError } from "./errors"
import { unsealTokens } from "./sealed-tokens"

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

/** As if so long had passed for whoever may not ask Bitbucket yet. */
const passSeconds = (seconds: number) =>
  db.update(connection).set({ retryAt: sql`${connection.retryAt} - make_interval(secs => ${seconds})` })

const lapse = (): Promise<void> => letPass(db, -1)

const refuseRefresh = (fault: Record<string, unknown>) =>
  emulator.control.addFault({ match: { grant_type: "refresh_token" }, kind: "status", times: null, ...fault })

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
    const token = await server.getAccessToken(id)
    expect(await acceptedByBitbucket(token.value)).toBe(true)
    expect(await refreshRequests(emulator)).toHaveLength(0)
  })

  test("is renewed ahead of its expiry, with the old refresh token, by HTTP Basic, in a form", async () => {
    await letPass(db, 200)
    const before = await server.store.read(id)
    const token = await server.getAccessToken(id)
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

  test("is renewed once for fifty callers who find it lapsed", async () => {
    await lapse()
    const tokens = await Promise.all(Array.from({ length: 50 }, () => server.getAccessToken(id)))
    expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
    expect(await refreshRequests(emulator)).toHaveLength(1)
  })

  test("is renewed once for three servers with twenty callers each, though Bitbucket is slow", async () => {
    await emulator.control.changeConfig({ refresh_grace_seconds: 0, latency_ms: 150 })
    await lapse()
    const servers = [server, createConnectionServer(db, emulator), createConnectionServer(db, emulator)]
    const calls = servers.flatMap((one) => Array.from({ length: 20 }, () => one.getAccessToken(id)))
    const tokens = await Promise.all(calls)
    expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
    expect(await refreshRequests(emulator)).toHaveLength(1)
  })

  test("survives expiry after expiry under strict rotation: each renewal stores the token for the next", async () => {
    await emulator.control.changeConfig({ refresh_grace_seconds: 0 })
    for (let expiry = 0; expiry < 5; expiry++) {
      await lapse()
      await Promise.all(Array.from({ length: 10 }, () => server.getAccessToken(id)))
    }
    expect((await refreshRequests(emulator)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  test("is stored before anybody gets it", async () => {
    await lapse()
    let letStore = () => {}
    const mayStore = new Promise<void>((resolve) => {
      letStore = resolve
    })
    const commitRefresh = vi.fn(async (...args: Parameters<typeof server.store.commitRefresh>) => {
      await mayStore
      return server.store.commitRefresh(...args)
    })
    const store = { ...server.store, commitRefresh }
    const { getAccessToken } = createAccessTokens({ store, refresh: server.refresh, secrets })
    const served: string[] = []
    const callers = [1, 2].map(async () => served.push((await getAccessToken(id)).value))
    await vi.waitFor(() => expect(commitRefresh).toHaveBeenCalledOnce())
    expect(await refreshRequests(emulator), "Bitbucket has given the new pair").toMatchObject([
      { status: 200 },
    ])
    expect(served).toEqual([])

    letStore()
    await Promise.all(callers)
    const row = await server.store.read(id)
    const { accessToken } = await unsealTokens(row?.sealedTokens ?? "", accountUuid, secrets)
    expect(served).toEqual([accessToken, accessToken])
  })

  test("is renewed without a new refresh token: the old one stays", async () => {
    await lapse()
    const before = await unsealTokens((await server.store.read(id))?.sealedTokens ?? "", accountUuid, secrets)
    await refuseRefresh({
      status: 200,
      headers: { "content-type": "application/json" },
      body: '{"access_token": "new", "expires_in": 7200, "token_type": "bearer"}',
    })
    expect((await server.getAccessToken(id)).value).toBe("new")
    const after = await unsealTokens((await server.store.read(id))?.sealedTokens ?? "", accountUuid, secrets)
    expect(after.refreshToken).toBe(before.refreshToken)
  })

  test("that Bitbucket refuses before its time is replaced once, however many notice", async () => {
    const refused = await server.getAccessToken(id)
    await emulator.control.expireTokens("demo")
    const replace = () => server.replaceRejectedToken(id, refused.version)
    const tokens = await Promise.all(Array.from({ length: 50 }, replace))
    expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
    expect(await acceptedByBitbucket(tokens[0]?.value ?? "")).toBe(true)
    expect(await refreshRequests(emulator)).toHaveLength(1)
  })
})

describe("a renewal that fails", () => {
  test.each([
    ["500", { status: 500 }],
    ["503 in HTML", { kind: "html", status: 503 }],
    ["429 in plain text", { status: 429, body: "Rate limit for this resource has been exceeded" }],
    ["a reset connection", { kind: "reset" }],
    ["an answer that is no JSON", { kind: "malformed" }],
  ])(
    "early (%s) serves the token that is still valid, and Bitbucket is left alone for a while",
    async (_, fault) => {
      await letPass(db, 200)
      const { version } = (await server.store.read(id)) ?? {}
      await refuseRefresh(fault)
      const first = await server.getAccessToken(id)
      const second = await server.getAccessToken(id)
      expect([first.version, second.version]).toEqual([version, version])
      expect(await refreshRequests(emulator)).toHaveLength(1)
    },
  )

  test("late says when to come back, and succeeds once Bitbucket does", async () => {
    await lapse()
    await refuseRefresh({ status: 503, headers: { "retry-after": "2" } })
    await expect(server.getAccessToken(id)).rejects.toMatchObject({
      code: "bitbucket_unavailable",
      retryAfterSeconds: 2,
    })
    await emulator.control.clearFaults()
    await db.update(connection).set({ retryAt: sql`now()` })
    expect(await acceptedByBitbucket((await server.getAccessToken(id)).value)).toBe(true)
    expect(await server.store.read(id)).toMatchObject({ failures: 0, lastFailure: null })
  })

  test("because the answer was lost is repeated within Bitbucket's grace, and nobody is signed out", async () => {
    await lapse()
    await emulator.control.addFault({ match: { grant_type: "refresh_token" }, kind: "drop_response" })
    await expect(server.getAccessToken(id)).rejects.toMatchObject({ code: "bitbucket_unavailable" })
    await db.update(connection).set({ retryAt: sql`now()` })
    expect(await acceptedByBitbucket((await server.getAccessToken(id)).value)).toBe(true)
    expect(await refreshRequests(emulator)).toHaveLength(2)
  })

  test("because the grant is revoked ends the connection, and Bitbucket is not asked again", async () => {
    await lapse()
    await emulator.control.revokeGrants("demo")
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(server.getAccessToken(id)).rejects.toMatchObject({ code: "reauthorization_required" })
    expect(await refreshRequests(emulator)).toHaveLength(1)
    expect(await server.store.read(id)).toMatchObject({ status: "dead" })
  })

  test("because this deployment's client is wrong keeps the connection", async () => {
    await lapse()
    await refuseRefresh(oauthError(400, "unauthorized_client", "Invalid OAuth client credentials"))
    await expect(server.getAccessToken(id)).rejects.toMatchObject({ code: "bitbucket_unavailable" })
    expect(await server.store.read(id)).toMatchObject({ status: "active", lastFailure: "operator_fault" })
  })

  test("because the client is refused is tried again within half a minute, and then the person has a fresh token", async () => {
    await lapse()
    await refuseRefresh(oauthError(401, "invalid_client", "Invalid OAuth client credentials"))
    let waitedSeconds = 0
    for (let attempt = 0; attempt < 4; attempt++) {
      const error = await server.getAccessToken(id).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: "bitbucket_unavailable", retryAfterSeconds: expect.any(Number) })
      // The client may be right again just after the server asked: all of this wait is the person's.
      waitedSeconds = (error as ConnectionError).retryAfterSeconds
      expect(waitedSeconds).toBeLessThanOrEqual(20)
      await passSeconds(waitedSeconds)
    }
    await emulator.control.clearFaults()
    expect(await acceptedByBitbucket((await server.getAccessToken(id)).value)).toBe(true)
    expect(await refreshRequests(emulator)).toHaveLength(5)
  })

  test("as dead after somebody signed in meanwhile leaves the new tokens alone", async () => {
    await lapse()
    await emulator.control.addFault({
      match: { grant_type: "refresh_token" },
      kind: "delay",
      delay_ms: 300,
    })
    await emulator.control.revokeGrants("demo")
    const renewing = server.getAccessToken(id)
    await vi.waitFor(async () => expect(await refreshRequests(emulator)).toHaveLength(1))
    await connect(db, await obtainGrant(emulator.siteUrl, "demo"))
    expect(await acceptedByBitbucket((await renewing).value)).toBe(true)
    expect(await server.store.read(id)).toMatchObject({ status: "active" })
  })
})

describe("a renewal whose tokens the database does not take at once", () => {
  test("stores them a moment later: they are not lost", async () => {
    await lapse()
    await emulator.control.changeConfig({ refresh_grace_seconds: 0 })
    let attempts = 0
    const store = {
      ...server.store,
      commitRefresh: (...args: Parameters<typeof server.store.commitRefresh>) => {
        attempts++
        if (attempts < 3) throw new Error("the connection to the database was lost")
        return server.store.commitRefresh(...args)
      },
    }
    const { value } = await createAccessTokens({ store, refresh: server.refresh, secrets }).getAccessToken(id)
    expect(await acceptedByBitbucket(value)).toBe(true)
    expect(attempts).toBe(3)
    expect(await refreshRequests(emulator)).toHaveLength(1)
  })
})

describe("a renewal that is overtaken", () => {
  /** Refreshes; `meanwhile` happens while Bitbucket's answer is on its way. */
  async function renewWhile(meanwhile: () => Promise<unknown>) {
    await lapse()
    const refresh: typeof server.refresh = async (refreshToken) => {
      const outcome = await server.refresh(refreshToken)
      await meanwhile()
      return outcome
    }
    return createAccessTokens({ store: server.store, refresh, secrets }).getAccessToken(id)
  }

  test("by a disconnect writes nothing back", async () => {
    const renewing = renewWhile(() => server.store.delete(id))
    await expect(renewing).rejects.toMatchObject({ code: "reauthorization_required" })
    expect(await db.select().from(connection)).toEqual([])
  })

  test("by a sign-in yields to the tokens of the sign-in", async () => {
    const grant = await obtainGrant(emulator.siteUrl, "demo")
    const { value } = await renewWhile(() => connect(db, grant))
    expect(value).toBe(grant.accessToken)
  })

  test("by another server after its lease ended is fenced out and adopts what the other stored", async () => {
    const other = createConnectionServer(db, emulator)
    let winner = ""
    const { value } = await renewWhile(async () => {
      await db.update(connection).set({ leaseUntil: sql`now() - interval '1 second'` })
      winner = (await other.getAccessToken(id)).value
    })
    expect(value).toBe(winner)
  })
})

describe("a lease", () => {
  test("whose holder died is waited for no longer than five seconds while the token has lapsed", async () => {
    await lapse()
    await db.update(connection).set({ leaseUntil: sql`now() + interval '15 seconds'` })
    const startedAt = performance.now()
    await expect(server.getAccessToken(id)).rejects.toMatchObject({ code: "bitbucket_unavailable" })
    expect(performance.now() - startedAt).toBeLessThan(6_000)
  })

  test("whose holder died is taken over as soon as it ends", async () => {
    await lapse()
    await db.update(connection).set({ leaseUntil: sql`now() + interval '300 milliseconds'` })
    expect(await acceptedByBitbucket((await server.getAccessToken(id)).value)).toBe(true)
  })

  test("of another server keeps nobody from a token that is still valid", async () => {
    await letPass(db, 200)
    await db.update(connection).set({ leaseUntil: sql`now() + interval '15 seconds'` })
    const startedAt = performance.now()
    await server.getAccessToken(id)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(await refreshRequests(emulator)).toHaveLength(0)
  })
})

describe("sealed tokens that do not open", () => {
  test("end the connection instead of failing every page, and Bitbucket is not asked", async () => {
    await lapse()
    await db.update(connection).set({ sealedTokens: "damaged" })
    await expect(server.getAccessToken(id)).rejects.toMatchObject({ code: "reauthorization_required" })
    expect(await refreshRequests(emulator)).toHaveLength(0)
  })
})
