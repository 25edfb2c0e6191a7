import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { type Emulator, type EmulatorOptions, StateFileError, startEmulator } from "../index.ts"
import { Browser } from "./browser.ts"
import {
  authorizationRequest,
  authorizePath,
  callApi,
  obtainCode,
  obtainTokens,
  refresh,
  requestToken,
} from "./oauth-client.ts"
import { obtainOAuth1Credentials, obtainRequestToken, sendSigned } from "./oauth1-client.ts"
import { withEmulator } from "./with-emulator.ts"

let folder = ""
const started: Emulator[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "emulator-state-"))
})

afterEach(async () => {
  await Promise.all(started.splice(0).map((emulator) => emulator.close()))
  rmSync(folder, { recursive: true })
})

const stateFile = () => join(folder, "state.json")

async function start(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ port: 0, stateFile: stateFile(), ...options })
  started.push(emulator)
  return emulator
}

async function stop(emulator: Emulator): Promise<void> {
  started.splice(started.indexOf(emulator), 1)
  await emulator.close()
}

test("grants, tokens, codes, decisions and sign-ins survive a restart", async () => {
  const first = await start({ config: { oauth1: "on" } })
  const { accessToken, refreshToken } = await obtainTokens(first)
  const used = (await refresh(first, refreshToken)).body
  const code = await obtainCode(first, { username: "zoe" })
  const credentials = await obtainOAuth1Credentials(first, { username: "una" })
  const browser = new Browser(first)
  await browser.signIn("demo")
  await stop(first)

  const second = await start({ config: { oauth1: "on" } })
  expect((await callApi(second, "/2.0/user", accessToken)).status).toBe(200)
  expect((await refresh(second, String(used.refresh_token))).status).toBe(200)
  expect((await requestToken(second, { grant_type: "authorization_code", code })).status).toBe(200)
  const signed = await sendSigned(`${second.apiUrl}/2.0/user`, { method: "GET", credentials })
  expect(signed.status).toBe(200)
  const response = await fetch(`${second.siteUrl}${authorizePath(authorizationRequest())}`, {
    headers: { cookie: `bb_session=${browser.cookie("bb_session")}` },
    redirect: "manual",
  })
  expect(response.headers.get("Location")).toContain("code=")
})

test("only its owner may read the file, and no draft of it is left", async () => {
  const emulator = await start()
  await obtainTokens(emulator)
  await stop(emulator)
  expect(statSync(stateFile()).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(["state.json"])
})

test("people and clients that the seed no longer has are left out", async () => {
  const first = await start()
  const { accessToken } = await obtainTokens(first, { username: "zoe" })
  await stop(first)
  const second = await start({ seed: { people: [{ username: "demo", password: "demo" }] } })
  expect((await callApi(second, "/2.0/user", accessToken)).status).toBe(401)
  await stop(second)
  expect(JSON.parse(readFileSync(stateFile(), "utf8"))).toMatchObject({ grants: [], accessTokens: [] })
})

test("a reset drops the restored state", async () => {
  const first = await start()
  const { accessToken } = await obtainTokens(first)
  await stop(first)
  const second = await start()
  await second.reset()
  expect((await callApi(second, "/2.0/user", accessToken)).status).toBe(401)
})

test.each(["not JSON", "{}", '{"version": 2}'])(
  "a file that holds %s is refused and left alone",
  async (text) => {
    writeFileSync(stateFile(), text)
    await expect(start()).rejects.toThrow(StateFileError)
    expect(readFileSync(stateFile(), "utf8")).toBe(text)
  },
)

test("a missing folder is an error at the start, not on exit", async () => {
  await expect(start({ stateFile: join(folder, "missing", "state.json") })).rejects.toThrow(
    "cannot be written",
  )
})

describe("the state over the control API", () => {
  const emulator = withEmulator()

  test("can be saved and restored: changes in between are gone, and the saved grants work again", async () => {
    const { control } = emulator.current
    const before = await obtainTokens(emulator.current)
    const saved = await control.readState({ secrets: "shown" })
    await control.revokeGrants("demo")
    const after = await obtainTokens(emulator.current, { username: "zoe" })
    await control.writeState(saved)
    expect((await callApi(emulator.current, "/2.0/user", before.accessToken)).status).toBe(200)
    expect((await refresh(emulator.current, before.refreshToken)).status).toBe(200)
    expect((await callApi(emulator.current, "/2.0/user", after.accessToken)).status).toBe(401)
  })

  test("can be restored however long it is", async () => {
    const { control, siteUrl } = emulator.current
    const saved = JSON.stringify(await control.readState({ secrets: "shown" }))
    const put = (address: string) =>
      fetch(`${siteUrl}${address}`, {
        method: "PUT",
        headers: { "content-type": "application/json", "x-emulator-control": "1" },
        body: saved.padEnd(2 * 1024 * 1024),
      })
    expect((await put("/_control/state")).status).toBe(200)
    expect((await put("/_control/config")).status).toBe(413)
  })

  test("shows no code, token, secret or cookie unless asked, and a redacted state cannot be restored", async () => {
    const { control } = emulator.current
    await control.changeConfig({ oauth1: "on" })
    const { accessToken, refreshToken } = await obtainTokens(emulator.current)
    const code = await obtainCode(emulator.current)
    const oauth1 = await obtainOAuth1Credentials(emulator.current)
    const requestToken = await obtainRequestToken(emulator.current)
    const redacted = await control.readState()
    const text = JSON.stringify(redacted)
    for (const secret of [
      accessToken,
      refreshToken,
      code,
      ...Object.values(oauth1),
      ...Object.values(requestToken),
    ]) {
      expect(JSON.stringify(await control.readState({ secrets: "shown" }))).toContain(secret)
      expect(text).not.toContain(secret)
    }
    expect(text).not.toMatch(/"[A-Za-z0-9_-]{30,}"/)
    await expect(control.writeState(redacted)).rejects.toThrow("400")
  })
})
