import { createBoundedFetch } from "auth-bitbucket/client"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterEach, beforeEach, expect, test } from "vitest"
import { callbackExamples } from "./callback-match"
import { readCallbackAnswer, tryCallback } from "./registered-callback"
import type { CheckResult } from "./result"

const callbackUrl = "https://app.example/api/auth/callback/bitbucket"
const key = "anyClientKey123456"

let emulator: Emulator

beforeEach(async () => {
  emulator = await startEmulator({ port: 0 })
})

afterEach(() => emulator.close())

async function checkWith(registered: string | null, triedKey = key): Promise<CheckResult> {
  const client = { key, secret: "secret", name: "Client", callback_url: registered }
  await emulator.control.reset({ clients: [client] })
  const answer = await tryCallback(
    `${emulator.siteUrl}/site/oauth2/authorize`,
    triedKey,
    callbackUrl,
    createBoundedFetch({ origins: [emulator.siteUrl] }),
  )
  return readCallbackAnswer(answer, callbackUrl)
}

test("Bitbucket accepts a callback URL that is registered in full, and the check signs no one in", async () => {
  expect(await checkWith(callbackUrl)).toMatchObject({ id: "callback.registered", state: "ok" })
  const requests = await emulator.control.listRequests()
  expect(requests.map(({ method, path }) => [method, path])).toEqual([["GET", "/site/oauth2/authorize"]])
})

test("the report names a callback URL that does not begin like the registered one, and says what to register", async () => {
  const result = await checkWith("https://app.example/login")
  expect(result.state).toBe("failed")
  expect(result.sentence).toContain("does not begin with the one that is registered")
  expect(result.sentence).toContain(callbackUrl)
})

test("the report names a client without a callback URL", async () => {
  expect((await checkWith(null)).sentence).toContain("no callback URL")
})

test("the report names a key that Bitbucket does not know", async () => {
  expect((await checkWith(callbackUrl, "anotherKey")).sentence).toContain("AUTH_BITBUCKET_ID")
})

test("the emulated Bitbucket compares prefixes as the report says", async () => {
  for (const { registered, isAdmitted } of callbackExamples(callbackUrl))
    expect([registered, (await checkWith(registered)).state]).toEqual([
      registered,
      isAdmitted ? "ok" : "failed",
    ])
})
