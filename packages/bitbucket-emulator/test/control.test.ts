import { request } from "node:http"
import { describe, expect, test } from "vitest"
import { createControlClient } from "../client.ts"
import { Browser } from "./browser.ts"
import { authorizationRequest, authorizePath, callApi, obtainTokens, refresh } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

function control(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${emulator.current.siteUrl}/_control${path}`, {
    ...init,
    headers: { "X-Emulator-Control": "1", "Content-Type": "application/json" },
  })
}

/** fetch does not let a caller choose the Host header. */
async function statusUnderHost(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { Host: host, "X-Emulator-Control": "1" }
    request(`${emulator.current.siteUrl}/_control/health`, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on("error", reject)
      .end()
  })
}

describe("access to the control API", () => {
  test.each([[{}], [{ "X-Emulator-Control": "0" }], [{ "X-Emulator-Control": "" }]])(
    "a request with the headers %j is refused and changes nothing",
    async (headers: Record<string, string>) => {
      const { siteUrl, control } = emulator.current
      const body = JSON.stringify({ latency_ms: 5 })
      const response = await fetch(`${siteUrl}/_control/config`, { method: "PATCH", headers, body })
      expect(response.status).toBe(403)
      expect((await control.readConfig()).latency_ms).toBe(0)
    },
  )

  test.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:4100"])(
    "the host name %s is refused, so that DNS rebinding gains nothing",
    async (host) => {
      expect(await statusUnderHost(host)).toBe(403)
    },
  )

  test.each(["localhost:4100", "127.0.0.1", "[::1]:4100"])(
    "the host name %s is this machine",
    async (host) => {
      expect(await statusUnderHost(host)).toBe(200)
    },
  )

  test("no other site gets permission by a preflight", async () => {
    const response = await control("/config", { method: "OPTIONS" })
    expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull()
    expect(response.ok).toBe(false)
  })
})

describe("refusals", () => {
  test.each([
    ["PUT", "/clock", '{"advance_ms": "soon"}'],
    ["PUT", "/clock", '{"advance": "a while"}'],
    ["PUT", "/clock", '{"now": "yesterday"}'],
    ["PUT", "/clock", '{"advance": "99999999999d"}'],
    ["PUT", "/clock", '{"advance_ms": 9007199254740991}'],
    ["PUT", "/clock", '{"advance_ms": -9007199254740991}'],
    ["PUT", "/clock", "{}"],
    ["PUT", "/clock", "not JSON"],
    ["PATCH", "/config", '{"contract": "1999"}'],
    ["PATCH", "/config", '{"token_lenght": 2600}'],
    ["POST", "/faults", '{"kind": "explode"}'],
    ["POST", "/faults", '{"kind": "reset", "times": 0}'],
    ["POST", "/faults", '{"kind": "status", "headers": {"a name": "x"}}'],
    ["POST", "/faults", '{"kind": "status", "headers": {"": "x"}}'],
    ["POST", "/faults", '{"kind": "status", "headers": {"X-Lines": "one\\r\\ntwo"}}'],
    ["POST", "/faults", '{"kind": "status", "headers": {"X-Heart": "\u2665"}}'],
    ["POST", "/reset", '{"seed": "elsewhere"}'],
    ["POST", "/tokens/expire", "{}"],
  ])("%s %s with %s is 400 and says why", async (method, path, body) => {
    const response = await control(path, { method, body })
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({ error: "invalid_request", message: expect.stringMatching(/\S/) })
  })

  test.each([
    ["GET", "/nothing", undefined],
    ["DELETE", "/faults/7", undefined],
    ["POST", "/tokens/expire", '{"username": "unknown"}'],
    ["POST", "/grants/revoke", '{"username": "unknown"}'],
  ])("%s %s is 404 if its object does not exist", async (method, path, body) => {
    expect((await control(path, { method, ...(body === undefined ? {} : { body }) })).status).toBe(404)
  })

  test("the typed client throws with the reason", async () => {
    await expect(emulator.current.control.expireTokens("unknown")).rejects.toThrow(
      "There is no person unknown.",
    )
  })
})

test("health names both origins, also to a client in another process", async () => {
  const { siteUrl, apiUrl } = emulator.current
  expect(await createControlClient(siteUrl).health()).toEqual({
    status: "ok",
    site_url: siteUrl,
    api_url: apiUrl,
    contract: "2026",
  })
})

describe("the clock", () => {
  test("moves by advance_ms and to now, and the Date header follows it", async () => {
    const { control, apiUrl } = emulator.current
    const { now } = await control.setClock(new Date("2027-05-04T00:00:00Z"))
    expect(now).toMatch(/^2027-05-04T00:00:0/)
    const advanced = await control.advanceClock(3_600_000)
    expect(advanced.now).toMatch(/^2027-05-04T01:00:0/)
    expect((await fetch(apiUrl)).headers.get("Date")).toMatch(/^Tue, 04 May 2027 01:00:0/)
  })

  test("stays where it was when a request would move it beyond the range of a date", async () => {
    const { control } = emulator.current
    const before = await control.freezeClock()
    await expect(control.advanceClock(Number.MAX_SAFE_INTEGER)).rejects.toThrow("400")
    expect(await control.readClock()).toEqual(before)
  })

  test("stands still when frozen", async () => {
    const { control } = emulator.current
    const frozen = await control.freezeClock()
    expect(await control.readClock()).toEqual(frozen)
    expect((await control.resumeClock()).frozen).toBe(false)
  })

  test("moves on by two weeks, and the earlier refresh token still works", async () => {
    const { control } = emulator.current
    const { refreshToken } = await obtainTokens(emulator.current)
    const before = await control.readClock()
    const after = await control.advanceClock("14d")
    expect(Date.parse(after.now) - Date.parse(before.now)).toBeGreaterThanOrEqual(14 * 24 * 3_600_000)
    expect((await refresh(emulator.current, refreshToken)).status).toBe(200)
  })

  test("moves on by two weeks in an instant, with a refresh every two hours", async () => {
    const { control } = emulator.current
    let { refreshToken } = await obtainTokens(emulator.current)
    for (let hour = 0; hour < 14 * 24; hour += 2) {
      await control.advanceClock("2h")
      const { status, body } = await refresh(emulator.current, refreshToken)
      expect(status).toBe(200)
      refreshToken = String(body.refresh_token)
    }
  })
})

describe("reset", () => {
  test("drops tokens, sessions, decisions, clock, switches, faults and the journal", async () => {
    const { control } = emulator.current
    const { accessToken } = await obtainTokens(emulator.current)
    const browser = new Browser(emulator.current)
    await browser.signIn("demo")
    await control.changeConfig({ contract: "2017" })
    await control.advanceClock("1d")
    await control.addFault({ kind: "reset" })
    await control.reset()

    expect(await control.listRequests()).toEqual([])
    expect(await control.listFaults()).toEqual([])
    expect((await control.readConfig()).contract).toBe("2026")
    expect(Math.abs(new Date((await control.readClock()).now).getTime() - Date.now())).toBeLessThan(60_000)
    expect((await callApi(emulator.current, "/2.0/user", accessToken)).status).toBe(401)
    expect((await browser.get("/account/settings/app-authorizations/")).status).toBe(302)
  })

  test("takes another seed, and returns to the first when none is named", async () => {
    const { control } = emulator.current
    await control.reset({ people: [{ username: "ada", password: "lovelace" }] })
    expect((await new Browser(emulator.current).signIn("ada", "lovelace")).status).toBe(302)
    expect((await new Browser(emulator.current).signIn("demo")).status).toBe(200)
    await control.reset("empty")
    expect((await new Browser(emulator.current).signIn("ada", "lovelace")).status).toBe(200)
    await control.reset()
    expect((await new Browser(emulator.current).signIn("demo")).status).toBe(302)
  })
})

describe("the switches", () => {
  test("have the documented defaults", async () => {
    expect(await emulator.current.control.readConfig()).toMatchObject({
      contract: "2026",
      oauth1: "gone",
      access_token_ttl_seconds: 7200,
      refresh_grace_seconds: 600,
      pkce: "ignore",
      latency_ms: 0,
    })
  })

  test("change one at a time", async () => {
    const { control } = emulator.current
    await control.changeConfig({ access_token_ttl_seconds: 30 })
    expect(await control.changeConfig({ pkce: "enforce" })).toMatchObject({
      access_token_ttl_seconds: 30,
      pkce: "enforce",
    })
  })

  test("however many requests wait at the same time, Node warns of no leak", async () => {
    const warnings: Error[] = []
    const hear = (warning: Error) => warnings.push(warning)
    process.on("warning", hear)
    await emulator.current.control.changeConfig({ latency_ms: 200 })
    const answers = await Promise.all(Array.from({ length: 30 }, () => fetch(emulator.current.siteUrl)))
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200))
    process.off("warning", hear)
    expect(warnings).toEqual([])
  })

  test("latency_ms delays every response by that much", async () => {
    await emulator.current.control.changeConfig({ latency_ms: 60 })
    const startedAt = performance.now()
    await fetch(`${emulator.current.apiUrl}/2.0/user`)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55)
  })
})

test("expiring one person's tokens leaves their refresh token and other people's tokens alone", async () => {
  const demo = await obtainTokens(emulator.current)
  const zoe = await obtainTokens(emulator.current, { username: "zoe" })
  expect(await emulator.current.control.expireTokens("demo")).toBe(1)
  expect((await callApi(emulator.current, "/2.0/user", demo.accessToken)).status).toBe(401)
  expect((await callApi(emulator.current, "/2.0/user", zoe.accessToken)).status).toBe(200)
  const { status, body } = await refresh(emulator.current, demo.refreshToken)
  expect(status).toBe(200)
  expect((await callApi(emulator.current, "/2.0/user", String(body.access_token))).status).toBe(200)
})

test("one access token can expire alone, and the error for an unknown one does not repeat it", async () => {
  const { control } = emulator.current
  const [one, other] = [await obtainTokens(emulator.current), await obtainTokens(emulator.current)]
  expect(await control.expireToken(one.accessToken)).toBe(1)
  expect((await callApi(emulator.current, "/2.0/user", one.accessToken)).status).toBe(401)
  expect((await callApi(emulator.current, "/2.0/user", other.accessToken)).status).toBe(200)
  expect(await control.expireToken(one.accessToken)).toBe(0)
  await expect(control.expireToken("never-issued")).rejects.toThrow(/404: (?!.*never-issued)/)
})

test("revoking one person's grants ends both tokens and the remembered consent, and no other person's", async () => {
  const demo = await obtainTokens(emulator.current)
  const zoe = await obtainTokens(emulator.current, { username: "zoe" })
  expect(await emulator.current.control.revokeGrants("demo")).toBe(1)
  expect((await callApi(emulator.current, "/2.0/user", demo.accessToken)).status).toBe(401)
  expect((await refresh(emulator.current, demo.refreshToken)).body).toEqual({
    error_description: "Invalid refresh_token",
    error: "invalid_grant",
  })
  expect((await refresh(emulator.current, zoe.refreshToken)).status).toBe(200)
  const browser = new Browser(emulator.current)
  await browser.signIn("demo")
  expect((await browser.get(authorizePath(authorizationRequest()))).status).toBe(200)
})

test("grants to one client can be revoked alone", async () => {
  const demo = await obtainTokens(emulator.current)
  expect(await emulator.current.control.revokeGrants("demo", "emulatorNoEmailKey")).toBe(0)
  expect((await callApi(emulator.current, "/2.0/user", demo.accessToken)).status).toBe(200)
})
