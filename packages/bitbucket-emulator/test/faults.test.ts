import { get } from "node:http"
import { describe, expect, test } from "vitest"
import type { FaultInput } from "../index.ts"
import { readBody, type UserBody } from "./api-bodies.ts"
import { callApi, obtainTokens, refresh, type TokenResponse } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

/** undici's error when there was no proper response. */
async function failureCode(request: Promise<Response | TokenResponse>): Promise<string> {
  try {
    const answer = await request
    if (answer instanceof Response) await answer.text()
    return "no failure"
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } }
    return cause?.code ?? "no code"
  }
}

function callUser(accessToken = "any"): Promise<Response> {
  return callApi(emulator.current, "/2.0/user", accessToken)
}

function addFault(fault: FaultInput) {
  return emulator.current.control.addFault(fault)
}

describe("a fault seen from outside", () => {
  test("status: the given status, headers and body, and Bitbucket never sees the request", async () => {
    const { refreshToken } = await obtainTokens(emulator.current)
    const headers = { "Retry-After": "7", "Content-Type": "application/json" }
    await addFault({
      kind: "status",
      status: 429,
      headers,
      body: "{}",
      match: { grant_type: "refresh_token" },
    })
    const refused = await refresh(emulator.current, refreshToken)
    expect([refused.status, refused.text]).toEqual([429, "{}"])
    await emulator.current.control.advanceClock("1h")
    expect((await refresh(emulator.current, refreshToken)).status).toBe(200)
  })

  test("status without a value is a 503", async () => {
    await addFault({ kind: "status" })
    expect((await callUser()).status).toBe(503)
  })

  test("html: a page instead of JSON", async () => {
    await addFault({ kind: "html" })
    const response = await callUser()
    expect([response.status, response.headers.get("Content-Type")]).toEqual([200, "text/html; charset=utf-8"])
  })

  test.each([
    ["status", 204],
    ["status", 205],
    ["status", 304],
    ["html", 204],
    ["gzip_bomb", 304],
  ] as const)("%s with %i has no body", async (kind, status) => {
    await addFault({ kind, status, body: "a body" })
    const response = await callUser()
    expect([response.status, await response.text()]).toEqual([status, ""])
  })

  test("malformed leaves a response without a body alone", async () => {
    await addFault({ kind: "malformed" })
    const response = await fetch(`${emulator.current.apiUrl}/2.0/user`, { method: "OPTIONS" })
    expect([response.status, await response.text()]).toEqual([204, ""])
  })

  test("malformed: announced as JSON, but not JSON", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    await addFault({ kind: "malformed", match: { path: "/2.0/user" } })
    const response = await callUser(accessToken)
    expect(response.headers.get("Content-Type")).toContain("application/json")
    await expect(response.json()).rejects.toThrow(SyntaxError)
  })

  test("reset: ECONNRESET", async () => {
    await addFault({ kind: "reset" })
    expect(await failureCode(callUser())).toBe("ECONNRESET")
  })

  test("empty: closed without a byte", async () => {
    await addFault({ kind: "empty" })
    expect(await failureCode(callUser())).toBe("UND_ERR_SOCKET")
  })

  test("truncate: a body that breaks off", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    await addFault({ kind: "truncate", match: { path: "/2.0/user" } })
    const response = await callUser(accessToken)
    expect(response.status).toBe(200)
    expect(await failureCode(Promise.resolve(response))).toBe("UND_ERR_SOCKET")
  })

  test("delay: the real response, late", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    await addFault({ kind: "delay", delay_ms: 60, match: { path: "/2.0/user" } })
    const startedAt = performance.now()
    expect((await callUser(accessToken)).status).toBe(200)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55)
    const row = (await emulator.current.control.listRequests()).at(-1)
    expect(row?.duration_ms).toBeGreaterThanOrEqual(55)
  })

  test("slow_body: the headers immediately, the body in small pieces, complete in the end", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    await addFault({ kind: "slow_body", delay_ms: 100, match: { path: "/2.0/user" } })
    const response = await callUser(accessToken)
    const startedAt = performance.now()
    expect((await readBody<UserBody>(response)).username).toBe("demo")
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(60)
  })

  test("gzip_bomb: small on the wire, large in memory", async () => {
    const size_bytes = 8 * 1024 * 1024
    await addFault({ kind: "gzip_bomb", size_bytes })
    const bytesOnTheWire = await new Promise<number>((resolve, reject) => {
      get(`${emulator.current.apiUrl}/2.0/user`, (response) => {
        let length = 0
        response.on("data", (chunk: Buffer) => {
          length += chunk.length
        })
        response.on("end", () => resolve(length))
        response.on("error", reject)
      })
    })
    expect(bytesOnTheWire).toBeLessThan(size_bytes / 100)
    await addFault({ kind: "gzip_bomb", size_bytes })
    expect((await (await callUser()).arrayBuffer()).byteLength).toBe(size_bytes)
  })

  test.each(["reset", "clearFaults"] as const)("hang: nothing, until %s releases it", async (release) => {
    await addFault({ kind: "hang" })
    let hasSettled = false
    const failure = failureCode(callUser()).finally(() => {
      hasSettled = true
    })
    // The journal shows that the request has arrived; then a few round trips prove that it is held.
    await expect.poll(() => emulator.current.control.listRequests()).toHaveLength(1)
    await emulator.current.control.health()
    expect(hasSettled).toBe(false)
    await emulator.current.control[release]()
    expect(await failure).toBe("UND_ERR_SOCKET")
  })
})

describe("removing one hang", () => {
  test("releases the requests it holds although it is used up, and none that another holds", async () => {
    const { control, siteUrl } = emulator.current
    const { id } = await addFault({ kind: "hang", match: { origin: "api" } })
    await addFault({ kind: "hang", match: { origin: "site" } })
    let hasSettled = false
    const freed = failureCode(callUser())
    const held = failureCode(fetch(siteUrl)).finally(() => {
      hasSettled = true
    })
    await expect.poll(() => control.listRequests()).toHaveLength(2)
    await control.removeFault(id)
    expect(await freed).toBe("UND_ERR_SOCKET")
    await control.health()
    expect(hasSettled).toBe(false)
    await expect(control.removeFault(id)).rejects.toThrow("404")
    await control.clearFaults()
    expect(await held).toBe("UND_ERR_SOCKET")
  })

  test("leaves requests alone that only wait for latency_ms, as removing all does", async () => {
    const { control } = emulator.current
    const { accessToken } = await obtainTokens(emulator.current)
    await control.clearRequests()
    await control.changeConfig({ latency_ms: 150 })
    const { id } = await addFault({ kind: "hang", match: { path: "/elsewhere" } })
    const waiting = callUser(accessToken)
    await expect.poll(() => control.listRequests()).toHaveLength(1)
    await control.removeFault(id)
    await control.clearFaults()
    expect((await waiting).status).toBe(200)
  })
})

describe("a fault with delay_ms", () => {
  const refreshOnly = { grant_type: "refresh_token" }
  const statusOfLast = async () => (await emulator.current.control.listRequests()).at(-1)?.status

  test.each<FaultInput>([
    { kind: "delay" },
    { kind: "drop_response" },
    { kind: "truncate" },
    { kind: "malformed" },
    { kind: "variant", variant: "scope_absent" },
  ])("that lets Bitbucket process the request does so immediately, and answers late: %j", async (fault) => {
    const { refreshToken } = await obtainTokens(emulator.current)
    await addFault({ ...fault, match: refreshOnly, delay_ms: 60_000 })
    const lost = failureCode(refresh(emulator.current, refreshToken))
    await expect.poll(statusOfLast).toBe(200)
    await emulator.current.control.clearFaults()
    expect(await lost).toBe("UND_ERR_SOCKET")
    await emulator.current.control.advanceClock("10m")
    expect((await refresh(emulator.current, refreshToken)).body.error).toBe("invalid_grant")
  })

  test.each<FaultInput>([
    { kind: "status" },
    { kind: "html" },
    { kind: "gzip_bomb" },
    { kind: "reset" },
    { kind: "empty" },
    { kind: "hang" },
  ])("that hides the request from Bitbucket waits first: %j", async (fault) => {
    const { refreshToken } = await obtainTokens(emulator.current)
    await emulator.current.control.clearRequests()
    await addFault({ ...fault, match: refreshOnly, delay_ms: 60_000 })
    const lost = failureCode(refresh(emulator.current, refreshToken))
    await expect.poll(() => emulator.current.control.listRequests()).toHaveLength(1)
    expect(await statusOfLast()).toBeNull()
    await emulator.current.control.clearFaults()
    expect(await lost).toBe("UND_ERR_SOCKET")
    await emulator.current.control.advanceClock("10m")
    expect((await refresh(emulator.current, refreshToken)).status).toBe(200)
  })
})

describe("drop_response", () => {
  test("a refresh is processed and its response lost: the retry within the grace period saves the connection", async () => {
    const { refreshToken } = await obtainTokens(emulator.current)
    await addFault({ kind: "drop_response", match: { grant_type: "refresh_token" } })
    await expect(refresh(emulator.current, refreshToken)).rejects.toThrow("fetch failed")
    const lost = (await emulator.current.control.listRequests()).at(-1)
    expect(lost).toMatchObject({ grant_type: "refresh_token", status: 200, fault: "drop_response" })
    expect((await refresh(emulator.current, refreshToken)).status).toBe(200)
  })

  test("the retry after the grace period finds that the grant has ended", async () => {
    const { refreshToken } = await obtainTokens(emulator.current)
    await addFault({ kind: "drop_response", match: { grant_type: "refresh_token" } })
    await expect(refresh(emulator.current, refreshToken)).rejects.toThrow("fetch failed")
    await emulator.current.control.advanceClock("10m")
    expect((await refresh(emulator.current, refreshToken)).body.error).toBe("invalid_grant")
  })
})

describe("scenarios", () => {
  test("a 401 at the token endpoint, while the grant is valid (EM-10)", async () => {
    const { refreshToken } = await obtainTokens(emulator.current)
    await emulator.current.control.addFault({ scenario: "token_endpoint_401", times: 2 })
    for (const _attempt of [1, 2]) {
      const { status, body } = await refresh(emulator.current, refreshToken)
      expect([status, body]).toEqual([401, {}])
    }
    expect((await refresh(emulator.current, refreshToken)).status).toBe(200)
  })

  test("affects one person if the match says so, and no other grant", async () => {
    const demo = await obtainTokens(emulator.current)
    const zoe = await obtainTokens(emulator.current, { username: "zoe" })
    await emulator.current.control.addFault({ scenario: "token_endpoint_401", match: { username: "zoe" } })
    expect((await refresh(emulator.current, demo.refreshToken)).status).toBe(200)
    expect((await refresh(emulator.current, zoe.refreshToken)).status).toBe(401)
  })

  test("an unknown scenario, or an unknown member, is refused", async () => {
    for (const body of [{ scenario: "nothing" }, { scenario: "token_endpoint_401", kind: "reset" }]) {
      const response = await fetch(`${emulator.current.siteUrl}/_control/faults`, {
        method: "POST",
        headers: { "X-Emulator-Control": "1" },
        body: JSON.stringify(body),
      })
      expect(response.status).toBe(400)
      expect(((await response.json()) as { message: string }).message).toMatch(/scenario|kind/)
    }
  })
})

describe("the requests that a fault affects", () => {
  test("one request, unless times says more or null says all", async () => {
    await addFault({ kind: "status", status: 500 })
    expect([(await callUser()).status, (await callUser()).status]).toEqual([500, 401])
    await addFault({ kind: "status", status: 502, times: 2 })
    expect([(await callUser()).status, (await callUser()).status, (await callUser()).status]).toEqual([
      502, 502, 401,
    ])
    const { id } = await addFault({ kind: "status", status: 504, times: null })
    for (let call = 0; call < 5; call += 1) expect((await callUser()).status).toBe(504)
    await emulator.current.control.removeFault(id)
    expect((await callUser()).status).toBe(401)
  })

  test("skip lets the first ones pass", async () => {
    await addFault({ kind: "status", status: 500, skip: 2 })
    const statuses = [await callUser(), await callUser(), await callUser(), await callUser()]
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 500, 401])
  })

  test.each<[string, FaultInput["match"]]>([
    ["another method", { method: "POST" }],
    ["another path", { path: "/2.0/user/emails" }],
    ["another origin", { origin: "site" }],
    ["another grant", { grant_type: "refresh_token" }],
    ["another person", { username: "zoe" }],
    ["another client", { client_id: "emulatorNoEmailKey" }],
  ])("not a request with %s", async (_case, match) => {
    const { accessToken } = await obtainTokens(emulator.current)
    await addFault({ kind: "status", status: 500, match: match ?? {} })
    expect((await callUser(accessToken)).status).toBe(200)
  })

  test("a request that matches in every respect", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    const match = {
      origin: "api",
      method: "get",
      path: "/2.0/*",
      username: "demo",
      client_id: "emulatorClientKey1",
    }
    await addFault({ kind: "status", status: 500, match: match as FaultInput["match"] & object })
    expect((await callUser(accessToken)).status).toBe(500)
  })

  test("the refresh of one person out of two", async () => {
    const demo = await obtainTokens(emulator.current)
    const zoe = await obtainTokens(emulator.current, { username: "zoe" })
    const match = { grant_type: "refresh_token", username: "zoe" }
    await addFault({ kind: "status", status: 503, times: null, match })
    expect((await refresh(emulator.current, demo.refreshToken)).status).toBe(200)
    expect((await refresh(emulator.current, zoe.refreshToken)).status).toBe(503)
  })

  test("never the control API", async () => {
    await addFault({ kind: "reset", times: null })
    expect((await emulator.current.control.health()).status).toBe("ok")
  })
})
