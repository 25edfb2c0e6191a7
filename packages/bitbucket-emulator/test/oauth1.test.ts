import { describe, expect, test } from "vitest"
import { readBody, type UserBody } from "./api-bodies.ts"
import { Browser, locationOf } from "./browser.ts"
import { noEmailClient } from "./oauth-client.ts"
import {
  type Credentials,
  decide,
  obtainOAuth1Credentials,
  obtainRequestToken,
  readCredentials,
  sendSigned,
} from "./oauth1-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator({ config: { oauth1: "on" } })
const CALLBACK = "http://localhost:3000/oauth1/callback"

function at(path: string): string {
  return `${emulator.current.siteUrl}/api/1.0/oauth/${path}`
}

function requestToken(request: Parameters<typeof sendSigned>[1] = {}, path = "request_token") {
  const parameters = { oauth_callback: CALLBACK, ...request.parameters }
  return sendSigned(at(path), { ...request, parameters })
}

function accessToken(credentials: Credentials, oauth_verifier: string | undefined, request = {}) {
  return sendSigned(at("access_token"), { credentials, parameters: { oauth_verifier }, ...request })
}

async function approvedToken(username = "demo") {
  const credentials = await obtainRequestToken(emulator.current)
  const { response } = await decide(emulator.current, credentials, { username })
  return { credentials, verifier: locationOf(response).searchParams.get("oauth_verifier") ?? "" }
}

function callApi(credentials: Credentials | undefined, path = "/2.0/user") {
  const address = `${emulator.current.apiUrl}${path}`
  return sendSigned(address, { method: "GET", ...(credentials ? { credentials } : {}) })
}

describe("a request token", () => {
  test("is form-encoded with a secret of 32 and a token of 18 characters (BB-O4, BB-O5, BB-A1)", async () => {
    const response = await requestToken()
    expect(response.status).toBe(200)
    expect(response.headers.get("Content-Type")).toBe("application/x-www-form-urlencoded")
    expect(await response.text()).toMatch(
      /^oauth_token_secret=[A-Za-z0-9]{32}&oauth_token=[A-Za-z0-9]{18}&oauth_callback_confirmed=true$/,
    )
  })

  test.each(["header", "query", "body"] as const)(
    "is issued for parameters in the %s (BB-O2)",
    async (place) => {
      expect((await requestToken({ place })).status).toBe(200)
    },
  )

  test.each(["request_token", "request_token/"])(
    "is signed for the address as sent: %s (BB-O1)",
    async (path) => {
      expect((await requestToken({}, path)).status).toBe(200)
    },
  )

  test("is issued for PLAINTEXT too (BB-O3)", async () => {
    expect((await requestToken({ signatureMethod: "PLAINTEXT" })).status).toBe(200)
    const bare = { oauth_timestamp: undefined, oauth_nonce: undefined }
    expect((await requestToken({ signatureMethod: "PLAINTEXT", parameters: bare })).status).toBe(200)
  })

  test("includes other parameters of the form and the query in the signature", async () => {
    const address = `${at("request_token")}?b5=%3D%253D&a3=a&c%40=&a2=r%20b`
    const form = { c2: "", a3: "2 q" }
    const parameters = { oauth_callback: CALLBACK }
    expect((await sendSigned(address, { form, parameters })).status).toBe(200)
  })
})

describe("a request refused with 400 in plain text", () => {
  const unverified = "Could not verify OAuth request."

  test.each([
    ["a wrong signature", { spoil: () => "bm90IHRoZSBzaWduYXR1cmU=" }, unverified],
    ["a wrong secret", { client: { ...noEmailClient, secret: "wrong" } }, unverified],
    ["RSA-SHA1 (BB-O3)", { parameters: { oauth_signature_method: "RSA-SHA1" } }, unverified],
    ["another version", { parameters: { oauth_version: "2.0" } }, unverified],
    ["a callback that is no address", { parameters: { oauth_callback: "javascript:alert(1)" } }, unverified],
    ["a timestamp that is none", { parameters: { oauth_timestamp: "yesterday" } }, unverified],
    ["an unknown consumer", { client: { key: "unknown", secret: "x" } }, "Invalid Consumer."],
    [
      "no callback",
      { parameters: { oauth_callback: undefined } },
      "Missing OAuth parameters: oauth_callback",
    ],
    [
      "no nonce and no timestamp",
      { parameters: { oauth_nonce: undefined, oauth_timestamp: undefined } },
      "Missing OAuth parameters: oauth_timestamp, oauth_nonce",
    ],
  ])("%s", async (_case, request, body) => {
    const response = await requestToken(request)
    expect([response.status, await response.text()]).toEqual([400, body])
    expect(response.headers.get("Content-Type")).toMatch(/^text\/plain/)
  })

  test("a parameter that is there twice", async () => {
    const address = `${at("request_token")}?oauth_version=1.0`
    const response = await sendSigned(address, { parameters: { oauth_callback: CALLBACK } })
    expect([response.status, await response.text()]).toEqual([400, unverified])
  })

  test.each([
    [-299, 200],
    [299, 200],
    [-310, 400],
    [310, 400],
  ])("a timestamp %i seconds off gets %i: five minutes are allowed (BB-O2)", async (seconds, status) => {
    const oauth_timestamp = String(Math.floor(Date.now() / 1000) + seconds)
    expect((await requestToken({ parameters: { oauth_timestamp } })).status).toBe(status)
  })

  test("timestamps are checked against the wall clock, however far the emulator's clock was moved", async () => {
    await emulator.current.control.advanceClock("91d")
    expect((await requestToken()).status).toBe(200)
  })

  test("a used nonce, while the same nonce with another timestamp passes", async () => {
    const now = Math.floor(Date.now() / 1000)
    const at = (second: number) => ({
      parameters: { oauth_nonce: "once-only", oauth_timestamp: String(second) },
    })
    const statuses = []
    for (const second of [now, now, now - 1]) statuses.push((await requestToken(at(second))).status)
    expect(statuses).toEqual([200, 400, 200])
  })

  test("a caller without the secret cannot use up a nonce", async () => {
    const parameters = { oauth_nonce: "contested", oauth_timestamp: String(Math.floor(Date.now() / 1000)) }
    expect((await requestToken({ parameters, spoil: () => "wrong" })).status).toBe(400)
    expect((await requestToken({ parameters })).status).toBe(200)
  })
})

describe("the person's answer", () => {
  test("an anonymous browser signs in first and returns to the question", async () => {
    const { token } = await obtainRequestToken(emulator.current)
    const path = `/api/1.0/oauth/authenticate?oauth_token=${token}`
    const location = locationOf(await new Browser(emulator.current).get(path))
    expect(location.pathname).toBe("/account/signin/")
    expect(location.searchParams.get("next")).toBe(path)
  })

  test.each(["", "/"])(
    "the question says which application asks for which scopes, with the slash %j or without",
    async (slash) => {
      const { token } = await obtainRequestToken(emulator.current)
      const browser = new Browser(emulator.current)
      await browser.signIn("demo")
      const response = await browser.get(`/api/1.0/oauth/authenticate${slash}?oauth_token=${token}`)
      const page = await response.text()
      expect(response.status).toBe(200)
      expect(page).toContain("Demo App asks for access")
      expect(page).toContain("Read your email addresses")
      expect(page).not.toContain("<script")
    },
  )

  test("yes returns with a verifier of ten digits, then the token (BB-O5)", async () => {
    const credentials = await obtainRequestToken(emulator.current, `${CALLBACK}?tab=1`)
    const location = locationOf((await decide(emulator.current, credentials)).response)
    expect(location.href.startsWith(`${CALLBACK}?tab=1&oauth_verifier=`)).toBe(true)
    expect([...location.searchParams.keys()]).toEqual(["tab", "oauth_verifier", "oauth_token"])
    expect(location.searchParams.get("oauth_verifier")).toMatch(/^\d{10}$/)
    expect(location.searchParams.get("oauth_token")).toBe(credentials.token)
  })

  test("yes without a callback shows the verifier to type by hand (BB-O7)", async () => {
    const credentials = await obtainRequestToken(emulator.current, "oob")
    const { response } = await decide(emulator.current, credentials)
    const page = await response.text()
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"])
    const [, verifier] = /id="verifier">(\d{10})</.exec(page) ?? []
    expect((await accessToken(credentials, verifier)).status).toBe(200)
  })

  test("no returns with a problem and no verifier (BB-O9), and the token is used up", async () => {
    const credentials = await obtainRequestToken(emulator.current)
    const location = locationOf((await decide(emulator.current, credentials, { action: "deny" })).response)
    expect(location.searchParams.get("oauth_problem")).toBe("permission_denied")
    expect(location.searchParams.get("oauth_verifier")).toBeNull()
    expect((await accessToken(credentials, "0000000000")).status).toBe(400)
  })

  test("no without a callback ends on a page", async () => {
    const credentials = await obtainRequestToken(emulator.current, "oob")
    const { response } = await decide(emulator.current, credentials, { action: "deny" })
    expect(response.headers.get("Location")).toBeNull()
    expect(await response.text()).toContain("Demo App got no access")
  })

  test("a second authorization of the same client skips the question (BB-A15)", async () => {
    const first = await obtainRequestToken(emulator.current)
    const { browser } = await decide(emulator.current, first)
    const { token } = await obtainRequestToken(emulator.current)
    const response = await browser.get(`/api/1.0/oauth/authenticate?oauth_token=${token}`)
    expect(locationOf(response).searchParams.get("oauth_verifier")).toMatch(/^\d{10}$/)
  })

  test("an unknown, expired or decided token leads to a page, without a redirect", async () => {
    const { credentials } = await approvedToken()
    const expired = await obtainRequestToken(emulator.current)
    await emulator.current.control.advanceClock("1h")
    for (const token of ["never-issued", "", credentials.token, expired.token]) {
      const browser = new Browser(emulator.current)
      await browser.signIn("demo")
      for (const response of [
        await browser.get(`/api/1.0/oauth/authenticate?oauth_token=${token}`),
        await browser.post("/api/1.0/oauth/authenticate", { oauth_token: token, action: "approve" }),
      ]) {
        expect([response.status, response.headers.get("Location")]).toEqual([400, null])
      }
    }
  })

  test("a forged answer is refused and approves nothing", async () => {
    const { token } = await obtainRequestToken(emulator.current)
    const browser = new Browser(emulator.current)
    await browser.signIn("demo")
    const forged = { oauth_token: token, action: "approve", csrfmiddlewaretoken: "forged" }
    expect((await browser.post("/api/1.0/oauth/authenticate", forged)).status).toBe(403)
    const neither = { oauth_token: token, action: "perhaps" }
    expect((await browser.post("/api/1.0/oauth/authenticate", neither)).status).toBe(400)
  })
})

describe("an access token", () => {
  test("is issued for the right verifier, once (BB-O6)", async () => {
    const { credentials, verifier } = await approvedToken()
    const response = await accessToken(credentials, verifier)
    expect(response.status).toBe(200)
    expect(await response.text()).toMatch(/^oauth_token_secret=[A-Za-z0-9]{32}&oauth_token=[A-Za-z0-9]{18}$/)
    expect((await accessToken(credentials, verifier)).status).toBe(400)
  })

  test("is not issued for a wrong verifier, which leaves the right one valid", async () => {
    const { credentials, verifier } = await approvedToken()
    const refused = await accessToken(credentials, verifier === "0123456789" ? "1" : "0123456789")
    expect([refused.status, await refused.text()]).toEqual([400, "Invalid OAuth verifier."])
    expect((await accessToken(credentials, verifier)).status).toBe(200)
  })

  test.each([
    ["without a verifier", undefined, "Missing OAuth parameters: oauth_verifier"],
    ["before the person approved", "0123456789", "Invalid request token."],
  ])("does not come %s", async (_case, verifier, body) => {
    const credentials = await obtainRequestToken(emulator.current)
    const response = await accessToken(credentials, verifier)
    expect([response.status, await response.text()]).toEqual([400, body])
  })

  test("is not issued to another consumer", async () => {
    const { credentials, verifier } = await approvedToken()
    const response = await accessToken(credentials, verifier, { client: noEmailClient })
    expect([response.status, await response.text()]).toEqual([400, "Invalid request token."])
  })

  test("is not issued for PLAINTEXT (BB-O3), unless the switch allows it", async () => {
    const { credentials, verifier } = await approvedToken()
    const plain = { signatureMethod: "PLAINTEXT" }
    expect((await accessToken(credentials, verifier, plain)).status).toBe(400)
    await emulator.current.control.changeConfig({ oauth1_plaintext: "everywhere" })
    expect((await accessToken(credentials, verifier, plain)).status).toBe(200)
  })
})

describe("a signed call", () => {
  test.each(["", "/"])("identifies its person, signed with the slash %j (BB-O8)", async (slash) => {
    const credentials = await obtainOAuth1Credentials(emulator.current, { username: "zoe", slash })
    const response = await callApi(credentials)
    expect(response.headers.get("X-Credential-Type")).toBe("oauth1")
    expect(response.headers.get("X-OAuth-Scopes")).toBe("account, email")
    expect((await readBody<UserBody>(response)).username).toBe("zoe")
  })

  test("needs no refresh: the credentials do not expire (BB-O6)", async () => {
    const credentials = await obtainOAuth1Credentials(emulator.current)
    await emulator.current.control.advanceClock("400d")
    expect((await callApi(credentials)).status).toBe(200)
  })

  test("may have its parameters in the query", async () => {
    const credentials = await obtainOAuth1Credentials(emulator.current)
    const address = `${emulator.current.apiUrl}/2.0/user?fields=username`
    const response = await sendSigned(address, { method: "GET", place: "query", credentials })
    expect(await response.text()).toBe('{"username": "demo"}')
  })

  test("in 2017 may go to the site's host, and is signed for it (BB-C6, BB-O8)", async () => {
    await emulator.current.control.changeConfig({ contract: "2017" })
    const credentials = await obtainOAuth1Credentials(emulator.current)
    const address = `${emulator.current.siteUrl}/api/2.0/user`
    expect((await sendSigned(address, { method: "GET", credentials })).status).toBe(200)
  })

  test("with two legs acts for the client's owner", async () => {
    expect((await readBody<UserBody>(await callApi(undefined))).username).toBe("demo")
  })

  test("is held to the client's scopes like any other", async () => {
    expect((await callApi(await obtainOAuth1Credentials(emulator.current), "/2.0/user/emails")).status).toBe(
      200,
    )
    const refused = await sendSigned(`${emulator.current.apiUrl}/2.0/user/emails`, {
      method: "GET",
      client: noEmailClient,
    })
    expect(refused.status).toBe(403)
  })

  test("is refused with 401 when anything about it is wrong, or the person revoked it", async () => {
    const credentials = await obtainOAuth1Credentials(emulator.current)
    const address = `${emulator.current.apiUrl}/2.0/user`
    const wrong = [
      { credentials: { ...credentials, secret: "wrong" } },
      { credentials: { ...credentials, token: "never-issued" } },
      { credentials, client: noEmailClient },
      { credentials, parameters: { oauth_timestamp: "137131200" } },
      { credentials, signatureMethod: "PLAINTEXT" as const },
    ]
    for (const request of wrong)
      expect((await sendSigned(address, { method: "GET", ...request })).status).toBe(401)
    expect((await callApi(credentials)).status).toBe(200)
    expect(await emulator.current.control.revokeGrants("demo")).toBe(1)
    expect((await callApi(credentials)).status).toBe(401)
  })

  test("reads the profile of API 1.0, nested under user, on both hosts", async () => {
    const credentials = await obtainOAuth1Credentials(emulator.current)
    const { siteUrl, apiUrl } = emulator.current
    for (const address of [`${siteUrl}/api/1.0/user`, `${siteUrl}/api/1.0/user/`, `${apiUrl}/1.0/user`]) {
      const response = await sendSigned(address, { method: "GET", credentials })
      expect(response.headers.get("X-Credential-Type")).toBe("oauth1")
      expect(await response.json()).toMatchObject({
        user: { username: "demo", first_name: "Demo", last_name: "Person", display_name: "Demo Person" },
      })
    }
    expect((await fetch(`${siteUrl}/api/1.0/user`)).status).toBe(401)
  })
})

test("the next page of a signed query's list links on without the signature (BB-W4)", async () => {
  const { apiUrl } = emulator.current
  const credentials = await obtainOAuth1Credentials(emulator.current, { username: "twins" })
  const address = `${apiUrl}/2.0/user/emails?pagelen=1`
  const response = await sendSigned(address, { method: "GET", place: "query", credentials })
  expect(await response.json()).toMatchObject({ next: `${address}&page=2` })
})

test("the journal names consumer and person of every hop, and none of its secrets", async () => {
  const { credentials, verifier } = await approvedToken("zoe")
  const access = await readCredentials(await accessToken(credentials, verifier))
  await callApi(access)
  const rows = await emulator.current.control.listRequests()
  const hops = rows.filter(({ path }) => /oauth|2\.0/.test(path))
  expect(hops.map(({ path, username, client_id }) => [path, username, client_id])).toEqual([
    ["/api/1.0/oauth/request_token", null, "emulatorClientKey1"],
    ["/api/1.0/oauth/authenticate", "zoe", "emulatorClientKey1"],
    ["/api/1.0/oauth/access_token", "zoe", "emulatorClientKey1"],
    ["/2.0/user", "zoe", "emulatorClientKey1"],
  ])
  const journal = JSON.stringify(rows)
  const secrets = [credentials.token, credentials.secret, verifier, access.token, access.secret]
  for (const secret of secrets) expect(journal).not.toContain(secret)
})
