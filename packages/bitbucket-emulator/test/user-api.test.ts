import { describe, expect, test } from "vitest"
import { type EmailPage, type ErrorBody, readBody, type UserBody } from "./api-bodies.ts"
import { basic, callApi, demoClient, noEmailClient, obtainTokens } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

async function callAs(path: string, username = "demo", client = demoClient): Promise<Response> {
  const { accessToken } = await obtainTokens(emulator.current, { username, client })
  return callApi(emulator.current, path, accessToken)
}

describe("GET /2.0/user", () => {
  test("has the twelve keys and six links of the newest recording, in its order", async () => {
    const { apiUrl, siteUrl } = emulator.current
    const body = await readBody<UserBody>(await callAs("/2.0/user"))
    expect(Object.keys(body)).toEqual([
      "display_name",
      "links",
      "created_on",
      "type",
      "uuid",
      "has_2fa_enabled",
      "username",
      "is_staff",
      "account_id",
      "nickname",
      "account_status",
      "location",
    ])
    const uuid = encodeURIComponent(body.uuid)
    expect(body).toEqual({
      display_name: "Demo Person",
      links: {
        self: { href: `${apiUrl}/2.0/users/${uuid}` },
        avatar: { href: `${siteUrl}/account/avatars/${uuid}/128` },
        repositories: { href: `${apiUrl}/2.0/repositories/${uuid}` },
        snippets: { href: `${apiUrl}/2.0/snippets/${uuid}` },
        html: { href: `${siteUrl}/${uuid}/` },
        hooks: { href: `${apiUrl}/2.0/workspaces/${uuid}/hooks` },
      },
      created_on: "2019-04-29T09:30:00.000000+00:00",
      type: "user",
      uuid: expect.stringMatching(/^\{[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}$/),
      has_2fa_enabled: null,
      username: "demo",
      is_staff: false,
      account_id: expect.stringMatching(/^\d{6}:[0-9a-f-]{36}$/),
      nickname: "demo",
      account_status: "active",
      location: "Reykjavík",
    })
  })

  test("returns the same uuid after a reset, so fixtures can rely on it (BB-U1)", async () => {
    const before = await readBody<UserBody>(await callAs("/2.0/user"))
    await emulator.current.reset()
    const after = await readBody<UserBody>(await callAs("/2.0/user"))
    expect(after.uuid).toBe(before.uuid)
  })

  test("carries the headers of the recording (BB-H5, BB-H6, BB-H7)", async () => {
    const response = await callAs("/2.0/user")
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "access-control-allow-origin": "*",
      "cache-control": "private",
      "content-type": "application/json; charset=utf-8",
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      vary: "Authorization, Origin, cookie, user-context",
      "x-accepted-oauth-scopes": "account",
      "x-credential-type": "oauth2",
      "x-oauth-scopes": "account, email",
    })
    expect(await response.text()).toMatch(/^\{"display_name": "Demo Person", "links": \{/)
  })

  test("may lack a display name, an account id and an avatar", async () => {
    const body = await readBody<UserBody>(await callAs("/2.0/user", "plain"))
    expect(Object.keys(body)).not.toContain("display_name")
    expect(Object.keys(body)).not.toContain("account_id")
    expect(body.links.avatar).toBeUndefined()
    expect(body.nickname).toBe("plain")
  })

  test("keeps a name beyond ASCII unchanged", async () => {
    expect((await readBody<UserBody>(await callAs("/2.0/user", "zoe"))).display_name).toBe(
      "Zoë Ångström-Жукова",
    )
  })

  test("links to an avatar that is served here", async () => {
    const { links } = await readBody<UserBody>(await callAs("/2.0/user"))
    const response = await fetch(links.avatar?.href ?? "")
    expect(response.headers.get("Content-Type")).toBe("image/svg+xml; charset=utf-8")
    expect(await response.text()).toContain(">DP</text>")
  })
})

describe("GET /2.0/user/emails", () => {
  test("has the shape and key order of the recording (BB-M1)", async () => {
    const self = `${emulator.current.apiUrl}/2.0/user/emails/demo@example.com`
    expect(await (await callAs("/2.0/user/emails")).text()).toBe(
      `{"values": [{"type": "email", "links": {"self": {"href": "${self}"}}, "email": "demo@example.com", "is_primary": true, "is_confirmed": true}], "pagelen": 10, "size": 1, "page": 1}`,
    )
  })

  test("lists unconfirmed addresses too, and the primary one not always first (BB-M3)", async () => {
    const unconfirmed = await readBody<EmailPage>(await callAs("/2.0/user/emails", "una"))
    expect(unconfirmed.values[0]).toMatchObject({ is_primary: true, is_confirmed: false })
    const unordered = await readBody<EmailPage>(await callAs("/2.0/user/emails", "zoe"))
    expect(unordered.values.map(({ is_primary }) => is_primary)).toEqual([false, true])
  })

  test("may be empty", async () => {
    expect(await readBody<EmailPage>(await callAs("/2.0/user/emails", "nomail"))).toMatchObject({
      values: [],
      size: 0,
    })
  })

  test("answers for one address, and 404 for a stranger's (BB-M4)", async () => {
    const own = await callAs("/2.0/user/emails/demo@example.com")
    expect(await own.json()).toMatchObject({ email: "demo@example.com" })
    expect((await callAs("/2.0/user/emails/zoe@example.com")).status).toBe(404)
  })

  test("requires the email scope, and names the granted and the required scopes (BB-S5, BB-P6)", async () => {
    const response = await callAs("/2.0/user/emails", "demo", noEmailClient)
    expect(response.status).toBe(403)
    expect(response.headers.get("X-Accepted-OAuth-Scopes")).toBe("email")
    expect(response.headers.get("X-OAuth-Scopes")).toBe("account")
    expect(await response.text()).toBe(
      '{"type": "error", "error": {"message": "Your credentials lack one or more required privilege scopes.", "detail": {"granted": ["account"], "required": ["email"]}}}',
    )
  })
})

describe("the bearer token", () => {
  const refusal =
    '{"type": "error", "error": {"message": "Token is invalid, expired, or not supported for this endpoint."}}'

  test("works for 7,200 seconds and is then refused (BB-T6, BB-P2)", async () => {
    await emulator.current.control.freezeClock()
    const { accessToken } = await obtainTokens(emulator.current)
    await emulator.current.control.advanceClock("7199s")
    expect((await callApi(emulator.current, "/2.0/user", accessToken)).status).toBe(200)
    await emulator.current.control.advanceClock("1s")
    const response = await callApi(emulator.current, "/2.0/user", accessToken)
    expect(response.status).toBe(401)
    expect(await response.text()).toBe(refusal)
  })

  test("works for access_token_ttl_seconds", async () => {
    await emulator.current.control.freezeClock()
    await emulator.current.control.changeConfig({ access_token_ttl_seconds: 5 })
    const { accessToken } = await obtainTokens(emulator.current)
    await emulator.current.control.advanceClock(5000)
    expect((await callApi(emulator.current, "/2.0/user", accessToken)).status).toBe(401)
  })

  test.each(["never-issued", ""])("the token %j is refused (BB-P2, BB-P4)", async (token) => {
    const response = await callApi(emulator.current, "/2.0/user", token)
    expect([response.status, await response.text()]).toEqual([401, refusal])
  })

  test("a refresh token does not work as a bearer token", async () => {
    const { refreshToken } = await obtainTokens(emulator.current)
    expect((await callApi(emulator.current, "/2.0/user", refreshToken)).status).toBe(401)
  })

  test("in the query or the form it is refused (BB-C5, BB-P5), and was accepted in 2017", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    const address = `${emulator.current.apiUrl}/2.0/user?access_token=${accessToken}`
    expect((await fetch(address)).status).toBe(401)
    await emulator.current.control.changeConfig({ contract: "2017" })
    expect((await fetch(address)).status).toBe(200)
  })

  test("works on the API host only (BB-C6)", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    for (const path of ["/2.0/user", "/api/2.0/user"]) {
      const response = await fetch(`${emulator.current.siteUrl}${path}`, {
        headers: { Authorization: `Bearer ${accessToken}` },
      })
      expect(response.status).toBe(404)
      expect(response.headers.get("Content-Type")).toContain("text/html")
    }
  })

  test("that has expired said so in 2017 (BB-P1)", async () => {
    await emulator.current.control.changeConfig({ contract: "2017" })
    const { accessToken } = await obtainTokens(emulator.current)
    await emulator.current.control.expireTokens("demo")
    const { error } = await readBody<ErrorBody>(await callApi(emulator.current, "/2.0/user", accessToken))
    expect(error.message).toBe("Access token expired. Use your refresh token to obtain a new access token.")
  })

  test("Basic credentials are refused in plain text (BB-P3)", async () => {
    const response = await fetch(`${emulator.current.apiUrl}/2.0/user`, {
      headers: { Authorization: basic({ key: "demo", secret: "demo" }) },
    })
    expect(response.status).toBe(401)
    expect(response.headers.get("WWW-Authenticate")).toBe('Basic realm="Bitbucket.org HTTP"')
    expect(response.headers.get("Content-Type")).toMatch(/^text\/plain/)
    expect(await response.text()).toMatch(/^Login failed due to incorrect login credentials or method\./)
  })
})

test("a path without an API behind it answers the same 243 bytes, with or without a token (BB-P8)", async () => {
  const { accessToken } = await obtainTokens(emulator.current)
  for (const token of ["", accessToken]) {
    const response = await callApi(emulator.current, "/2.0/no-such-thing", token)
    expect(response.status).toBe(404)
    expect(response.headers.get("Content-Length")).toBe("243")
    const { error } = await readBody<ErrorBody>(response)
    expect(error.message).toBe("Resource not found")
  }
})

test("the API host serves neither pages nor the token endpoint", async () => {
  for (const path of ["/", "/account/signin/", "/site/oauth2/authorize", "/_control/health"]) {
    const response = await fetch(`${emulator.current.apiUrl}${path}`, {
      headers: { "X-Emulator-Control": "1" },
    })
    expect(response.status).toBe(404)
  }
})

describe("HEAD", () => {
  function head(path: string, accessToken: string) {
    const headers = { Authorization: `Bearer ${accessToken}` }
    return fetch(`${emulator.current.apiUrl}${path}`, { method: "HEAD", headers })
  }

  test("is answered like GET, without its body, and the journal says with what", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    await emulator.current.control.clearRequests()
    expect((await head("/2.0/user", accessToken)).status).toBe(200)
    expect((await head("/2.0/user", "never-issued")).status).toBe(401)
    const rows = await emulator.current.control.listRequests()
    expect(rows).toMatchObject([
      { method: "HEAD", status: 200 },
      { method: "HEAD", status: 401 },
    ])
  })

  test("gives a fault no body to reshape", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    await emulator.current.control.addFault({ kind: "variant", variant: "links_absent" })
    expect((await head("/2.0/user", accessToken)).status).toBe(200)
  })
})
