import { expect, test } from "vitest"
import { Browser, locationOf } from "./browser.ts"
import {
  authorizationRequest,
  authorizePath,
  basic,
  demoClient,
  obtainCode,
  readTokenResponse,
  requestToken,
} from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

async function exchange(code: string) {
  return requestToken(emulator.current, { grant_type: "authorization_code", code })
}

test("key, response type and state are enough for a request (BB-A16)", async () => {
  const request = { client_id: demoClient.key, response_type: "code", state: "s" }
  expect((await exchange(await obtainCode(emulator.current, { request }))).status).toBe(200)
})

test("a refresh token comes without a scope that asks for it (BB-T12)", async () => {
  const request = authorizationRequest({ scope: "account" })
  const { body } = await exchange(await obtainCode(emulator.current, { request }))
  expect(body.refresh_token).toBeDefined()
})

test("asking for less grants no less, unless the switch follows the request (BB-A9)", async () => {
  const request = authorizationRequest({ scope: "account" })
  expect((await exchange(await obtainCode(emulator.current, { request }))).body.scope).toBe("account email")
  await emulator.current.control.changeConfig({ scope_parameter: "narrow" })
  expect((await exchange(await obtainCode(emulator.current, { request }))).body.scope).toBe("account")
})

test.each(["login", "none", "consent", "select_account"])(
  "prompt=%s changes nothing (BB-A12)",
  async (prompt) => {
    const browser = new Browser(emulator.current)
    await browser.signIn("demo")
    const request = authorizationRequest({ prompt, login_hint: "zoe" })
    expect((await browser.get(authorizePath(request))).status).toBe(200)
    await browser.decide("approve", request)
    expect(locationOf(await browser.get(authorizePath(request))).searchParams.has("code")).toBe(true)
  },
)

test("a loopback callback without a port matches any port (BB-A5)", async () => {
  const client = { ...demoClient, name: "Tool", callback_url: "http://127.0.0.1/callback" }
  await emulator.current.control.reset({
    people: [{ username: "demo", password: "demo" }],
    clients: [{ ...client, scopes: ["account"] }],
  })
  const request = authorizationRequest({ redirect_uri: "http://127.0.0.1:43210/callback" })
  expect(await obtainCode(emulator.current, { request })).not.toBe("")
})

test("a code stays valid for ten minutes (BB-T13)", async () => {
  await emulator.current.control.freezeClock()
  const [early, late] = [await obtainCode(emulator.current), await obtainCode(emulator.current)]
  await emulator.current.control.advanceClock("9m59s")
  expect((await exchange(early)).status).toBe(200)
  await emulator.current.control.advanceClock("1s")
  expect((await exchange(late)).status).toBe(400)
})

test("a client authenticates with Basic, or in the form (BB-T2, EM-4)", async () => {
  const ask = async (headers: Record<string, string>, fields: Record<string, string>) => {
    const code = await obtainCode(emulator.current)
    const body = new URLSearchParams({ grant_type: "authorization_code", code, ...fields })
    const address = `${emulator.current.siteUrl}/site/oauth2/access_token`
    return (await readTokenResponse(await fetch(address, { method: "POST", headers, body }))).status
  }
  const { key: client_id, secret: client_secret } = demoClient
  expect(await ask({ Authorization: basic(demoClient) }, {})).toBe(200)
  expect(await ask({}, { client_id, client_secret })).toBe(200)
  expect(await ask({}, { client_id })).toBe(400)
})
