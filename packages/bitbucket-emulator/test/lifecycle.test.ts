import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, expect, test } from "vitest"
import { type Emulator, type EmulatorOptions, ListenError, seededBytes, startEmulator } from "../index.ts"
import { callApi, obtainTokens, requestToken } from "./oauth-client.ts"

const started: Emulator[] = []

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ port: 0, ...options })
  started.push(emulator)
  return emulator
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((emulator) => emulator.close()))
})

test("two emulators in one process share nothing", async () => {
  const [one, other] = [await start(), await start()]
  expect(new Set([one.siteUrl, one.apiUrl, other.siteUrl, other.apiUrl]).size).toBe(4)
  const { accessToken } = await obtainTokens(one)
  await one.control.advanceClock("1h")
  expect((await callApi(one, "/2.0/user", accessToken)).status).toBe(200)
  expect((await callApi(other, "/2.0/user", accessToken)).status).toBe(401)
  expect(Math.abs(new Date((await other.control.readClock()).now).getTime() - Date.now())).toBeLessThan(
    60_000,
  )
})

test("both listeners are bound to loopback", async () => {
  const { siteUrl, apiUrl } = await start()
  expect([new URL(siteUrl).hostname, new URL(apiUrl).hostname]).toEqual(["127.0.0.1", "127.0.0.1"])
})

test("callbackUrl replaces the callback of the default seed's clients", async () => {
  const emulator = await start({ callbackUrl: "https://app.example/base" })
  const address = (redirect_uri: string) =>
    `${emulator.siteUrl}/site/oauth2/authorize?${new URLSearchParams({
      client_id: "emulatorClientKey1",
      response_type: "code",
      redirect_uri,
    })}`
  const status = async (redirect_uri: string) =>
    (await fetch(address(redirect_uri), { redirect: "manual" })).status
  expect(await status("https://app.example/base/callback")).toBe(302)
  expect(await status("http://localhost:3000/callback")).toBe(400)
})

test("switches given at the start are those a reset returns to", async () => {
  const emulator = await start({ config: { access_token_ttl_seconds: 60 } })
  await emulator.control.changeConfig({ access_token_ttl_seconds: 5 })
  await emulator.reset()
  expect((await emulator.control.readConfig()).access_token_ttl_seconds).toBe(60)
})

test("the same random bytes give the same tokens", async () => {
  const draw = async () => obtainTokens(await start({ randomBytes: seededBytes("fixture") }))
  expect(await draw()).toEqual(await draw())
})

test("closing ends a held request immediately", async () => {
  const emulator = await startEmulator({ port: 0 })
  await emulator.control.addFault({ kind: "hang" })
  const held = fetch(`${emulator.apiUrl}/2.0/user`).then(
    () => "answered",
    () => "ended",
  )
  await expect.poll(() => emulator.control.listRequests()).toHaveLength(1)
  await emulator.close()
  expect(await held).toBe("ended")
  await expect(fetch(emulator.siteUrl)).rejects.toThrow("fetch failed")
})

test("closing twice is harmless", async () => {
  const emulator = await startEmulator({ port: 0 })
  await emulator.close()
  await expect(emulator.close()).resolves.toBeUndefined()
})

test.each(["sitePort", "apiPort"] as const)(
  "a %s in use is named, and nothing is left listening",
  async (option) => {
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve))
    const { port } = squatter.address() as AddressInfo
    const attempt = startEmulator({ port: 0, [option]: port })
    await expect(attempt).rejects.toThrow(ListenError)
    await expect(attempt).rejects.toMatchObject({ code: "EADDRINUSE", port })
    await new Promise((resolve) => squatter.close(resolve))
  },
)

test("a body beyond a megabyte is refused", async () => {
  const emulator = await start()
  const response = await fetch(`${emulator.siteUrl}/site/oauth2/access_token`, {
    method: "POST",
    body: "x".repeat(1024 * 1024 + 1),
  })
  expect(response.status).toBe(413)
  expect((await requestToken(emulator, {})).status).toBe(400)
})

test("the globals of its process stay as they were", async () => {
  const { Request, Response } = globalThis
  await start()
  expect(globalThis.Request).toBe(Request)
  expect(globalThis.Response).toBe(Response)
})
