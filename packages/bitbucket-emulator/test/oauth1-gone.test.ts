import { expect, test } from "vitest"
import { Browser } from "./browser.ts"
import { sendSigned } from "./oauth1-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

test("every signed request gets 401, as at Bitbucket since early 2026", async () => {
  const { siteUrl, apiUrl } = emulator.current
  const parameters = { oauth_callback: "http://localhost:3000/callback" }
  const answers = [
    await sendSigned(`${siteUrl}/api/1.0/oauth/request_token`, { parameters }),
    await sendSigned(`${siteUrl}/api/1.0/oauth/request_token/`, { parameters }),
    await sendSigned(`${siteUrl}/api/1.0/oauth/access_token`),
    await sendSigned(`${apiUrl}/2.0/user`, { method: "GET" }),
    await sendSigned(`${apiUrl}/2.0/user`, { method: "GET", place: "query" }),
    await sendSigned(`${siteUrl}/api/1.0/user`, { method: "GET" }),
    await sendSigned(`${apiUrl}/1.0/user`, { method: "GET" }),
  ]
  for (const response of answers) {
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({
      type: "error",
      error: { message: "Token is invalid, expired, or not supported for this endpoint." },
    })
  }
})

test("a browser that still arrives with a request token sees a page that says so", async () => {
  const response = await new Browser(emulator.current).get("/api/1.0/oauth/authenticate?oauth_token=x")
  expect(response.status).toBe(401)
  expect(await response.text()).toContain("OAuth 1.0a is gone")
})

test("API 1.0 without a signature is 410, with the message that Bitbucket has used since 2019", async () => {
  const response = await fetch(`${emulator.current.siteUrl}/api/1.0/user`)
  expect(response.status).toBe(410)
  expect(await response.json()).toMatchObject({
    type: "error",
    error: {
      message: "Resource removed",
      detail: expect.stringMatching(/^This API is no longer supported\.\n\n/),
    },
  })
})
