import { createBoundedFetch } from "auth-bitbucket/client"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterEach, beforeEach, expect, test } from "vitest"
import { freePort } from "@/scripts/server-process"
import { client } from "@/test/bitbucket-grant"
import { readClientAnswer, tryClient } from "./client-credentials"
import type { CheckResult } from "./result"

const own = { key: client.id, secret: client.secret }
const callbackUrl = "http://localhost:3000/api/auth/callback/bitbucket"
const withoutCallback = { key: "clientWithoutCall1", secret: "secretOfClientWithoutCallback1234" }

let emulator: Emulator

beforeEach(async () => {
  emulator = await startEmulator({ port: 0 })
})

afterEach(() => emulator.close())

async function check(tried = own, siteUrl = emulator.siteUrl, timeoutMs = 4_000): Promise<CheckResult> {
  const fetch = createBoundedFetch({ origins: [siteUrl], deadlineMs: timeoutMs })
  return readClientAnswer(
    await tryClient(`${siteUrl}/site/oauth2/access_token`, tried, callbackUrl, fetch),
    tried,
  )
}

function plant(fault: { status: number; body?: string; headers?: Record<string, string> }) {
  return emulator.control.addFault({
    match: { path: "/site/oauth2/access_token" },
    kind: "status",
    headers: { "content-type": "application/json" },
    ...fault,
  })
}

test("one request that can give no token shows that the key and secret are right", async () => {
  expect(await check()).toMatchObject({ id: "bitbucket.client", state: "ok", code: null })
  const requests = await emulator.control.listRequests()
  expect(requests.map(({ method, path, grant_type, status }) => [method, path, grant_type, status])).toEqual([
    ["POST", "/site/oauth2/access_token", "authorization_code", 400],
  ])
})

test.each([
  ["secret", { ...own, secret: "hunter2-hunter2" }],
  ["key", { ...own, key: "hunter2-hunter2" }],
])("the report says that the %s is wrong and where to look, and never repeats it", async (_, wrong) => {
  const result = await check(wrong)
  expect(result.state).toBe("failed")
  expect(result.sentence).toContain("does not accept this key with this secret")
  expect(result.sentence).toContain("OAuth consumers (in newer screens: OAuth clients)")
  expect(JSON.stringify(result)).not.toContain("hunter2")
})

test("a key and a secret that were swapped are recognized by their lengths", async () => {
  const result = await check({ key: "s".repeat(76), secret: "k".repeat(32) })
  expect(result.sentence).toContain("they look swapped")
})

test("a key or a secret of an unusual length is pointed out, without the length", async () => {
  const result = await check({ key: "k".repeat(17), secret: "s".repeat(41) })
  expect(result.sentence).toContain("yours differ")
  expect(JSON.stringify(result)).not.toMatch(/17|41/)
})

test("the report names a client without a callback URL", async () => {
  await emulator.control.reset({ clients: [{ ...withoutCallback, name: "No callback" }] })
  const result = await check(withoutCallback)
  expect(result).toMatchObject({ state: "failed" })
  expect(result.sentence).toContain("has no callback URL")
})

test("a lost Authorization header is distinguished from a wrong client", async () => {
  await plant({
    status: 400,
    body: '{"error_description": "Requests must be authenticated using OAuth client credentials", "error": "unauthorized_client"}',
  })
  expect((await check()).sentence).toContain("received no key and secret")
})

test("the report names a client that may not sign people in", async () => {
  await plant({
    status: 400,
    body: '{"error_description": "Unsupported grant type: authorization_code", "error": "invalid_grant"}',
  })
  expect((await check()).sentence).toContain("Authorisation code")
})

test("the older words for a bad grant count as acceptance of the client too", async () => {
  await plant({ status: 400, body: '{"error_description": "Invalid code", "error": "invalid_request"}' })
  expect((await check()).state).toBe("ok")
})

test("a pause that Bitbucket asks for is not a fault, and the report says how long it is", async () => {
  await plant({ status: 429, body: "", headers: { "retry-after": "90" } })
  expect(await check()).toMatchObject({
    state: "warning",
    code: "bitbucket_paused",
    sentence: expect.stringContaining("try again in 90 seconds"),
  })
})

test("the report says that Bitbucket is down", async () => {
  await plant({ status: 503, body: "" })
  expect((await check()).sentence).toContain("answers 503, so it is down")
})

test.each([
  ["a page", { kind: "html", status: 200 }],
  ["a redirect", { kind: "status", status: 302, headers: { location: "https://elsewhere.example/" } }],
  ["tokens for a code that never was", { kind: "status", status: 200, body: '{"access_token":"x"}' }],
] as const)("%s in place of an answer is not taken for Bitbucket's", async (_, fault) => {
  await emulator.control.addFault({ match: { path: "/site/oauth2/access_token" }, ...fault })
  const result = await check()
  expect(result.state).toBe("failed")
  expect(result.sentence).toContain("does not answer as Bitbucket does")
})

test("the report says why there was no answer: too slow, no server, a broken connection", async () => {
  await emulator.control.addFault({ kind: "hang" })
  expect((await check(own, emulator.siteUrl, 100)).sentence).toContain("did not answer in time")
  await emulator.control.addFault({ kind: "reset" })
  expect((await check()).sentence).toContain("closed the connection")
  expect((await check(own, `http://127.0.0.1:${await freePort()}`)).sentence).toContain(
    "nothing listens at BITBUCKET_SITE_URL",
  )
})
