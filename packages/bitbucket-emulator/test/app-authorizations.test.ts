import { expect, test } from "vitest"
import { Browser, locationOf } from "./browser.ts"
import {
  authorizationRequest,
  authorizePath,
  callApi,
  demoClient,
  obtainTokens,
  refresh,
} from "./oauth-client.ts"
import { obtainOAuth1Credentials, sendSigned } from "./oauth1-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()
const SETTINGS = "/account/settings/app-authorizations/"

test("an anonymous visitor signs in first and returns", async () => {
  const location = locationOf(await new Browser(emulator.current).get(SETTINGS))
  expect(location.pathname).toBe("/account/signin/")
  expect(location.searchParams.get("next")).toContain("/account/settings/app-authorizations")
})

test("an allowed application is listed with its scopes and can be revoked (BB-T11)", async () => {
  const tokens = await obtainTokens(emulator.current)
  const browser = new Browser(emulator.current)
  await browser.signIn("demo")
  expect(await (await browser.get(SETTINGS)).text()).toMatch(/Demo App[\s\S]*account email/)

  expect((await browser.post(SETTINGS, { client_id: demoClient.key })).status).toBe(302)
  expect(await (await browser.get(SETTINGS)).text()).not.toContain("Demo App")
  expect((await callApi(emulator.current, "/2.0/user", tokens.accessToken)).status).toBe(401)
  expect((await refresh(emulator.current, tokens.refreshToken)).body.error).toBe("invalid_grant")
})

test("after a revocation the consent screen asks again", async () => {
  await obtainTokens(emulator.current)
  const browser = new Browser(emulator.current)
  await browser.signIn("demo")
  expect((await browser.get(authorizePath(authorizationRequest()))).status).toBe(302)
  await browser.post(SETTINGS, { client_id: demoClient.key })
  expect((await browser.get(authorizePath(authorizationRequest()))).status).toBe(200)
})

test("a revocation affects one person: another person's tokens stay valid", async () => {
  const zoe = await obtainTokens(emulator.current, { username: "zoe" })
  await obtainTokens(emulator.current)
  const browser = new Browser(emulator.current)
  await browser.signIn("demo")
  await browser.post(SETTINGS, { client_id: demoClient.key })
  expect((await callApi(emulator.current, "/2.0/user", zoe.accessToken)).status).toBe(200)
})

test("a forged revocation is refused", async () => {
  const tokens = await obtainTokens(emulator.current)
  const browser = new Browser(emulator.current)
  await browser.signIn("demo")
  const forged = { client_id: demoClient.key, csrfmiddlewaretoken: "forged" }
  expect((await browser.post(SETTINGS, forged)).status).toBe(403)
  expect((await callApi(emulator.current, "/2.0/user", tokens.accessToken)).status).toBe(200)
})

test("an application with OAuth 1.0a is listed as such, and revoking ends its credentials", async () => {
  await emulator.current.control.changeConfig({ oauth1: "on" })
  const credentials = await obtainOAuth1Credentials(emulator.current)
  const browser = new Browser(emulator.current)
  await browser.signIn("demo")
  expect(await (await browser.get(SETTINGS)).text()).toMatch(/Demo App[\s\S]*by OAuth 1\.0a/)
  await browser.post(SETTINGS, { client_id: demoClient.key })
  expect(await (await browser.get(SETTINGS)).text()).not.toContain("Demo App")
  const address = `${emulator.current.apiUrl}/2.0/user`
  expect((await sendSigned(address, { method: "GET", credentials })).status).toBe(401)
})
