import { expect, test } from "vitest"
import { Browser, locationOf } from "./browser.ts"
import {
  authorizationRequest,
  authorizePath,
  callApi,
  demoClient,
  obtainTokens,
  refresh,
  requestToken,
} from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

test("a whole sign-in is written down hop by hop", async () => {
  const { control } = emulator.current
  const browser = new Browser(emulator.current)
  const request = authorizationRequest()
  const signIn = locationOf(await browser.get(authorizePath(request)))
  await browser.get(`${signIn.pathname}${signIn.search}`)
  const next = signIn.searchParams.get("next") ?? ""
  await browser.post("/account/signin/", { next, username: "demo", password: "demo" })
  await browser.get(next)
  const callback = locationOf(await browser.decide("approve", request))
  const code = callback.searchParams.get("code") ?? ""
  const { body } = await requestToken(emulator.current, { grant_type: "authorization_code", code })
  await callApi(emulator.current, "/2.0/user", String(body.access_token))

  const rows = await control.listRequests()
  expect(
    rows.map(({ method, origin, path, grant_type, status }) => [method, origin, path, grant_type, status]),
  ).toEqual([
    ["GET", "site", "/site/oauth2/authorize", null, 302],
    ["GET", "site", "/account/signin/", null, 200],
    ["POST", "site", "/account/signin/", null, 302],
    ["GET", "site", "/site/oauth2/authorize", null, 200],
    ["POST", "site", "/site/oauth2/authorize", null, 302],
    ["POST", "site", "/site/oauth2/access_token", "authorization_code", 200],
    ["GET", "api", "/2.0/user", null, 200],
  ])
  expect(rows.at(-1)).toMatchObject({ username: "demo", client_id: demoClient.key })
})

test("no code, token, secret, password or state is in it, nor in what the control API says of it", async () => {
  const browser = new Browser(emulator.current)
  await browser.signIn("zoe", "not-the-password-of-zoe")
  await browser.signIn("zoe")
  const callback = locationOf(await browser.decide("approve", authorizationRequest()))
  const code = callback.searchParams.get("code") ?? ""
  const { body } = await requestToken(emulator.current, { grant_type: "authorization_code", code })
  await refresh(emulator.current, String(body.refresh_token))
  await callApi(emulator.current, "/2.0/user", String(body.access_token))
  await fetch(`${emulator.current.apiUrl}/2.0/user?access_token=${body.access_token}`)
  await refresh(emulator.current, "x", { ...demoClient, secret: "a-secret-that-is-wrong" })

  const journal = JSON.stringify(await emulator.current.control.listRequests())
  const secrets = [
    code,
    body.access_token,
    body.refresh_token,
    demoClient.secret,
    Buffer.from(`${demoClient.key}:${demoClient.secret}`).toString("base64"),
    "a-secret-that-is-wrong",
    "not-the-password-of-zoe",
    "the-state-of-this-test",
    browser.cookie("bb_session"),
    browser.cookie("csrftoken"),
  ]
  for (const secret of secrets) {
    expect(String(secret).length).toBeGreaterThan(10)
    expect(journal).not.toContain(secret)
  }
})

test("a refused request is in it with its status, and the control API's own requests are not", async () => {
  await emulator.current.control.health()
  await callApi(emulator.current, "/2.0/user", "never-issued")
  const rows = await emulator.current.control.listRequests()
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ origin: "api", path: "/2.0/user", status: 401, username: null })
})

test("rows carry the emulator's time and can be cleared", async () => {
  const { control } = emulator.current
  await control.setClock(new Date("2027-01-01T00:00:00Z"))
  const { refreshToken } = await obtainTokens(emulator.current)
  await control.clearRequests()
  await refresh(emulator.current, refreshToken)
  const rows = await control.listRequests()
  expect(rows).toHaveLength(1)
  expect(rows[0]?.at).toMatch(/^2027-01-01T00:00:/)
})
