import { expect, test } from "vitest"
import { callApi, noEmailClient, obtainTokens } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

async function limitTo(rate_limit: { limit?: number; window_seconds?: number; anonymous_limit?: number }) {
  const defaults = { limit: 1000, window_seconds: 3600, anonymous_limit: 60 }
  await emulator.current.control.changeConfig({ rate_limit: { ...defaults, ...rate_limit } })
}

test("a call beyond the limit is 429 in plain text, 46 bytes, without Retry-After (BB-P12, BB-H4)", async () => {
  const { accessToken } = await obtainTokens(emulator.current)
  await limitTo({ limit: 1 })
  expect((await callApi(emulator.current, "/2.0/user", accessToken)).status).toBe(200)
  const response = await callApi(emulator.current, "/2.0/user", accessToken)
  expect(response.status).toBe(429)
  expect(response.headers.get("Content-Type")).toMatch(/^text\/plain/)
  expect(response.headers.get("Content-Length")).toBe("46")
  expect(response.headers.get("Retry-After")).toBeNull()
  expect(await response.text()).toBe("Rate limit for this resource has been exceeded")
})

test("no header announces the limit of an OAuth client (BB-H2)", async () => {
  const { accessToken } = await obtainTokens(emulator.current)
  await limitTo({ limit: 5 })
  const { headers } = await callApi(emulator.current, "/2.0/user", accessToken)
  expect([...headers.keys()].filter((name) => name.startsWith("x-ratelimit"))).toEqual([])
})

test("calls count per client and resource, not per person (BB-H1)", async () => {
  const demo = await obtainTokens(emulator.current)
  const zoe = await obtainTokens(emulator.current, { username: "zoe" })
  const other = await obtainTokens(emulator.current, { client: noEmailClient })
  await limitTo({ limit: 1 })
  const status = async (path: string, token: string) => (await callApi(emulator.current, path, token)).status
  expect(await status("/2.0/user", demo.accessToken)).toBe(200)
  expect(await status("/2.0/user", zoe.accessToken)).toBe(429)
  expect(await status("/2.0/user/emails", zoe.accessToken)).toBe(200)
  expect(await status("/2.0/user", other.accessToken)).toBe(200)
})

test("the window rolls: each call leaves it an hour after it came (BB-H1)", async () => {
  const { control } = emulator.current
  await control.freezeClock()
  await control.changeConfig({ access_token_ttl_seconds: 86_400 })
  const { accessToken } = await obtainTokens(emulator.current)
  await limitTo({ limit: 2 })
  const status = async () => (await callApi(emulator.current, "/2.0/user", accessToken)).status
  expect(await status()).toBe(200)
  await control.advanceClock("30m")
  expect([await status(), await status()]).toEqual([200, 429])
  await control.advanceClock("30m")
  expect([await status(), await status()]).toEqual([200, 429])
})

test("without credentials it is 60 an hour, announced with the seconds left (BB-H3)", async () => {
  await emulator.current.control.freezeClock()
  await limitTo({})
  const first = await callApi(emulator.current, "/2.0/user", "")
  expect(first.status).toBe(401)
  expect(Object.fromEntries(first.headers)).toMatchObject({
    "x-ratelimit-limit": "60, 60;w=3600",
    "x-ratelimit-remaining": "59",
    "x-ratelimit-reset": "3600",
  })
  await emulator.current.control.advanceClock("10m")
  for (let call = 1; call < 60; call += 1) await callApi(emulator.current, "/2.0/user", "")
  const last = await callApi(emulator.current, "/2.0/user", "")
  expect([last.status, last.headers.get("X-RateLimit-Reset")]).toEqual([429, "3000"])
})

test("by default nothing is counted", async () => {
  const answers = await Promise.all(
    Array.from({ length: 70 }, () => callApi(emulator.current, "/2.0/user", "")),
  )
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
})
