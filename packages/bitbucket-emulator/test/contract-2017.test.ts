import { describe, expect, test } from "vitest"
import { type EmailPage, readBody, type UserBody } from "./api-bodies.ts"
import { Browser, locationOf } from "./browser.ts"
import {
  authorizationRequest,
  authorizePath,
  callApi,
  obtainTokens,
  refresh,
  requestToken,
} from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator({ config: { contract: "2017" } })

function withToken(token: string): RequestInit {
  return { headers: { Authorization: `Bearer ${token}` } }
}

describe("tokens", () => {
  test("have 18 characters, and a refresh repeats scopes and grant (BB-C1, BB-C4, BB-T8)", async () => {
    const { accessToken, refreshToken } = await obtainTokens(emulator.current)
    expect([accessToken.length, refreshToken.length]).toEqual([18, 18])
    expect((await refresh(emulator.current, refreshToken)).body).toMatchObject({
      scopes: "account email",
      state: "refresh_token",
      refresh_token: refreshToken,
    })
  })

  test("travel in the header, the query or a form body (BB-C5)", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    const address = `${emulator.current.apiUrl}/2.0/user`
    const body = new URLSearchParams({ access_token: accessToken })
    const answers = [
      await fetch(address, withToken(accessToken)),
      await fetch(`${address}?${body}`),
      await fetch(address, { method: "POST", body }),
    ]
    for (const answer of answers) {
      expect((await readBody<UserBody>(answer)).username).toBe("demo")
    }
    await emulator.current.control.changeConfig({ contract: "2026" })
    expect((await fetch(`${address}?${body}`)).status).toBe(401)
    expect((await fetch(address, { method: "POST", body })).status).toBe(404)
  })
})

test("a token in a form that no header could carry is a bad token (BB-C5)", async () => {
  const body = new URLSearchParams({ access_token: "tøken…\r\n" })
  const response = await fetch(`${emulator.current.apiUrl}/2.0/user`, { method: "POST", body })
  expect(response.status).toBe(401)
})

describe("the API on the site's host (BB-C6)", () => {
  test.each(["/api/2.0/user", "/!api/2.0/user", "/api/2.0/user/"])(
    "%s answers, and links with !api (BB-U12)",
    async (path) => {
      const { siteUrl } = emulator.current
      const { accessToken } = await obtainTokens(emulator.current)
      const response = await fetch(`${siteUrl}${path}`, withToken(accessToken))
      expect(response.headers.get("Content-Type")).toBe("application/json; charset=utf-8")
      const { uuid, links } = await readBody<UserBody & { links: { self: { href: string } } }>(response)
      expect(links.self.href).toBe(`${siteUrl}/!api/2.0/users/${encodeURIComponent(uuid)}`)
    },
  )

  test("its pages link to the same host", async () => {
    const { siteUrl } = emulator.current
    const { accessToken } = await obtainTokens(emulator.current, { username: "twins" })
    const first = await fetch(`${siteUrl}/api/2.0/user/emails?pagelen=1`, withToken(accessToken))
    const { next } = await readBody<EmailPage & { next: string }>(first)
    expect(next).toBe(`${siteUrl}/!api/2.0/user/emails?pagelen=1&page=2`)
    expect((await fetch(next, withToken(accessToken))).status).toBe(200)
  })

  test("a missing resource looks the same there as on the API's host (BB-P8)", async () => {
    const response = await fetch(`${emulator.current.siteUrl}/api/2.0/no-such-thing`)
    expect([response.status, response.headers.get("Content-Length")]).toEqual([404, "243"])
  })

  test("and the API's own host links to itself", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    const response = await callApi(emulator.current, "/2.0/user", accessToken)
    expect(await response.text()).not.toContain("!api")
  })
})

test("the account has a website and followers, as until 2019 (BB-U8)", async () => {
  const { accessToken } = await obtainTokens(emulator.current)
  const body = await readBody<Record<string, unknown>>(
    await callApi(emulator.current, "/2.0/user", accessToken),
  )
  expect(body).toMatchObject({ website: "", username: "demo", type: "user" })
  expect(Object.keys(body.links as object)).toEqual(expect.arrayContaining(["followers", "following"]))
})

describe("the password grant (BB-C7)", () => {
  const grant_type = "password"

  test("issues tokens for a person's username and password", async () => {
    const { body } = await requestToken(emulator.current, { grant_type, username: "demo", password: "demo" })
    const user = await callApi(emulator.current, "/2.0/user", String(body.access_token))
    expect((await readBody<UserBody>(user)).username).toBe("demo")
  })

  test.each([{ username: "demo", password: "wrong" }, { username: "unknown", password: "demo" }, {}])(
    "refuses %j with the recorded message (BB-E8)",
    async (fields) => {
      const { status, text } = await requestToken(emulator.current, { grant_type, ...fields })
      expect([status, text]).toEqual([
        400,
        '{"error_description": "Invalid resource owner username/password", "error": "invalid_request"}',
      ])
    },
  )
})

describe("the implicit grant (BB-C7)", () => {
  const request = authorizationRequest({ response_type: "token" })

  test("puts an access token into the fragment, and no refresh token anywhere", async () => {
    const browser = new Browser(emulator.current)
    await browser.signIn("demo")
    const page = await browser.get(authorizePath(request))
    expect(await page.text()).toContain('name="response_type" value="token"')
    const location = locationOf(await browser.decide("approve", request))
    expect([location.origin, location.search]).toEqual(["http://localhost:3000", ""])
    const fragment = new URLSearchParams(location.hash.slice(1))
    expect([...fragment.keys()]).toEqual(["access_token", "scopes", "expires_in", "token_type", "state"])
    expect(fragment.get("token_type")).toBe("bearer")
    const token = fragment.get("access_token") ?? ""
    expect((await callApi(emulator.current, "/2.0/user", token)).status).toBe(200)
    const rows = await emulator.current.control.listRequests()
    expect(JSON.stringify(rows)).not.toContain(token)
  })

  test("a denial is in the fragment too", async () => {
    const browser = new Browser(emulator.current)
    await browser.signIn("demo")
    const location = locationOf(await browser.decide("deny", request))
    expect(new URLSearchParams(location.hash.slice(1)).get("error")).toBe("access_denied")
  })
})
