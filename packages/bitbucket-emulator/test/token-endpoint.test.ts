import { createHash } from "node:crypto"
import { describe, expect, test } from "vitest"
import { Browser, locationOf } from "./browser.ts"
import {
  authorizationRequest,
  authorizePath,
  basic,
  callApi,
  demoClient,
  noEmailClient,
  obtainCode,
  obtainTokens,
  readTokenResponse,
  refresh,
  requestToken,
} from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

function postToken(init: RequestInit): Promise<Response> {
  return fetch(`${emulator.current.siteUrl}/site/oauth2/access_token`, { method: "POST", ...init })
}

describe("a code becomes tokens", () => {
  test("the response has the announced keys in the recorded order, spaced (BB-C1, BB-T6, BB-T7, BB-T8, BB-H6)", async () => {
    const code = await obtainCode(emulator.current)
    const { status, text, body } = await requestToken(emulator.current, {
      grant_type: "authorization_code",
      code,
    })
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual([
      "scope",
      "access_token",
      "expires_in",
      "token_type",
      "state",
      "refresh_token",
    ])
    expect(text).toMatch(/^\{"scope": "account email", "access_token": "/)
    expect(body).toMatchObject({ expires_in: 7200, token_type: "bearer", state: "authorization_code" })
  })

  test("tokens have between 2,000 and 2,600 characters, and not always the same number (BB-C4)", async () => {
    const lengths = new Set<number>()
    let { accessToken, refreshToken } = await obtainTokens(emulator.current)
    for (let round = 0; round < 10; round += 1) {
      for (const { length } of [accessToken, refreshToken]) {
        expect(length).toBeGreaterThanOrEqual(2000)
        expect(length).toBeLessThanOrEqual(2600)
        lengths.add(length)
      }
      const { body } = await refresh(emulator.current, refreshToken)
      accessToken = String(body.access_token)
      refreshToken = String(body.refresh_token)
    }
    expect(lengths.size).toBeGreaterThan(5)
  })

  test("token_length fixes the length", async () => {
    await emulator.current.control.changeConfig({ token_length: 2600 })
    const { accessToken, refreshToken } = await obtainTokens(emulator.current)
    expect([accessToken.length, refreshToken.length]).toEqual([2600, 2600])
  })

  test("the response forbids caching", async () => {
    const response = await postToken({ headers: { Authorization: basic(demoClient) } })
    expect(response.headers.get("Cache-Control")).toBe("no-store")
    expect(response.headers.get("Content-Type")).toBe("application/json; charset=utf-8")
  })

  test("the client's tick boxes set the scopes, whatever the request asks for (BB-A7)", async () => {
    for (const scope of ["account", "account email repository", ""]) {
      const code = await obtainCode(emulator.current, { request: authorizationRequest({ scope }) })
      const { body } = await requestToken(emulator.current, { grant_type: "authorization_code", code })
      expect(body.scope).toBe("account email")
    }
  })

  test("credentials in the form work like Basic ones", async () => {
    const code = await obtainCode(emulator.current)
    const { key: client_id, secret: client_secret } = demoClient
    const response = await postToken({
      body: new URLSearchParams({ grant_type: "authorization_code", code, client_id, client_secret }),
    })
    expect(response.status).toBe(200)
  })
})

describe("a refused code (BB-E7)", () => {
  const invalid = '{"error_description": "The specified code is not valid.", "error": "invalid_grant"}'

  test.each(["never-issued", ""])("the code %j", async (code) => {
    const { status, text } = await requestToken(emulator.current, { grant_type: "authorization_code", code })
    expect([status, text]).toEqual([400, invalid])
  })

  test("a used code", async () => {
    const fields = { grant_type: "authorization_code", code: await obtainCode(emulator.current) }
    expect((await requestToken(emulator.current, fields)).status).toBe(200)
    expect((await requestToken(emulator.current, fields)).text).toBe(invalid)
  })

  test("a code past its lifetime", async () => {
    await emulator.current.control.freezeClock()
    const [early, late] = [await obtainCode(emulator.current), await obtainCode(emulator.current)]
    await emulator.current.control.advanceClock("599s")
    expect(
      (await requestToken(emulator.current, { grant_type: "authorization_code", code: early })).status,
    ).toBe(200)
    await emulator.current.control.advanceClock("1s")
    expect(
      (await requestToken(emulator.current, { grant_type: "authorization_code", code: late })).text,
    ).toBe(invalid)
  })

  test("a code of another client", async () => {
    const code = await obtainCode(emulator.current)
    const reply = await requestToken(
      emulator.current,
      { grant_type: "authorization_code", code },
      noEmailClient,
    )
    expect(reply.text).toBe(invalid)
  })

  test("a code whose grant the person has revoked", async () => {
    const code = await obtainCode(emulator.current)
    await emulator.current.control.revokeGrants("demo")
    expect((await requestToken(emulator.current, { grant_type: "authorization_code", code })).text).toBe(
      invalid,
    )
  })
})

describe("redirect_uri at the token endpoint (BB-A4)", () => {
  const redirect_uri = "http://localhost:3000/api/auth/callback/bitbucket"

  test.each([
    ["the same", redirect_uri, 200],
    ["another below the callback", "http://localhost:3000/other", 400],
    ["none", null, 400],
  ])("after one was sent, %s gets the right answer", async (_case, repeated, status) => {
    const code = await obtainCode(emulator.current, { request: authorizationRequest({ redirect_uri }) })
    const reply = await requestToken(emulator.current, {
      grant_type: "authorization_code",
      code,
      ...(repeated === null ? {} : { redirect_uri: repeated }),
    })
    expect(reply.status).toBe(status)
    if (status === 400) expect(reply.body.error).toBe("invalid_grant")
  })

  test("without one in the request, none is needed", async () => {
    const code = await obtainCode(emulator.current)
    expect((await requestToken(emulator.current, { grant_type: "authorization_code", code })).status).toBe(
      200,
    )
  })
})

describe("client authentication and grant types", () => {
  test.each([
    ["a wrong secret", { ...demoClient, secret: "wrong" }],
    ["an unknown key", { ...demoClient, key: "wrong" }],
  ])("%s is 400 unauthorized_client, not 401 (BB-E1)", async (_case, client) => {
    const { status, text } = await requestToken(
      emulator.current,
      { grant_type: "authorization_code" },
      client,
    )
    expect(status).toBe(400)
    expect(text).toBe(
      '{"error_description": "Invalid OAuth client credentials", "error": "unauthorized_client"}',
    )
  })

  test("no client authentication (BB-E2)", async () => {
    const response = await postToken({ body: new URLSearchParams({ grant_type: "refresh_token" }) })
    expect(response.status).toBe(400)
    expect(await response.text()).toBe(
      '{"error_description": "Requests must be authenticated using OAuth client credentials", "error": "unauthorized_client"}',
    )
  })

  test("a JSON body counts as no grant (BB-T1, BB-E3)", async () => {
    const code = await obtainCode(emulator.current)
    const response = await postToken({
      headers: { Authorization: basic(demoClient), "Content-Type": "application/json" },
      body: JSON.stringify({ grant_type: "authorization_code", code }),
    })
    expect(response.status).toBe(400)
    expect(await response.text()).toBe(
      '{"error_description": "Unsupported grant type: None", "error": "invalid_grant"}',
    )
  })

  test.each(["password", "implicit", "__proto__", "toString"])(
    "grant_type=%s is refused (BB-C7, BB-E3)",
    async (name) => {
      const { status, body } = await requestToken(emulator.current, { grant_type: name })
      expect(status).toBe(400)
      expect(body).toEqual({ error_description: `Unsupported grant type: ${name}`, error: "invalid_grant" })
    },
  )

  test.each(["as it is", "with each mark as a percent sign"])(
    "a key and a secret with -._~ are accepted %s (BB-T14)",
    async (spelling) => {
      const client = { key: "my-app_1.2~x", secret: "s-e.c_r~e t%41" }
      await emulator.current.control.reset({
        clients: [{ ...client, name: "My app", callback_url: "http://localhost:3000" }],
      })
      const encode = (text: string) =>
        encodeURIComponent(text).replace(
          /[-._~]/g,
          (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
        )
      const sent =
        spelling === "as it is" ? client : { key: encode(client.key), secret: encode(client.secret) }
      const { status } = await requestToken(emulator.current, { grant_type: "client_credentials" }, sent)
      expect(status).toBe(200)
      const [row] = await emulator.current.control.listRequests()
      expect(row?.client_id).toBe(client.key)
      const wrong = { ...sent, secret: `${sent.secret}x` }
      const { body } = await requestToken(emulator.current, { grant_type: "client_credentials" }, wrong)
      expect(body.error).toBe("unauthorized_client")
    },
  )

  test("a Bearer header gets HTML (BB-T3)", async () => {
    const response = await readTokenResponse(await postToken({ headers: { Authorization: "Bearer x" } }))
    expect(response.status).toBe(400)
    expect(response.text).toContain("<!doctype html>")
  })
})

describe("refresh tokens rotate (BB-C2, BB-C3)", () => {
  test("a refresh issues two new tokens and names its grant", async () => {
    const { accessToken, refreshToken } = await obtainTokens(emulator.current)
    const { status, body } = await refresh(emulator.current, refreshToken)
    expect(status).toBe(200)
    expect(body).toMatchObject({ scope: "account email", expires_in: 7200, state: "refresh_token" })
    expect(body.access_token).not.toBe(accessToken)
    expect(body.refresh_token).not.toBe(refreshToken)
  })

  test("the earlier access token stays valid (BB-T9)", async () => {
    const { accessToken, refreshToken } = await obtainTokens(emulator.current)
    await refresh(emulator.current, refreshToken)
    expect((await callApi(emulator.current, "/2.0/user", accessToken)).status).toBe(200)
  })

  test("the used refresh token works for ten minutes after its first use, and not a second longer", async () => {
    await emulator.current.control.freezeClock()
    const { refreshToken } = await obtainTokens(emulator.current)
    await refresh(emulator.current, refreshToken)
    await emulator.current.control.advanceClock("599s")
    expect((await refresh(emulator.current, refreshToken)).status).toBe(200)
    await emulator.current.control.advanceClock("1s")
    const { status, text } = await refresh(emulator.current, refreshToken)
    expect(status).toBe(400)
    expect(text).toBe('{"error_description": "Invalid refresh_token", "error": "invalid_grant"}')
  })

  test("use within the grace period does not lengthen it, and the successors stay valid", async () => {
    await emulator.current.control.freezeClock()
    const { refreshToken } = await obtainTokens(emulator.current)
    const first = await refresh(emulator.current, refreshToken)
    await emulator.current.control.advanceClock("9m")
    const second = await refresh(emulator.current, refreshToken)
    await emulator.current.control.advanceClock("2m")
    expect((await refresh(emulator.current, refreshToken)).status).toBe(400)
    expect((await refresh(emulator.current, String(first.body.refresh_token))).status).toBe(200)
    expect((await refresh(emulator.current, String(second.body.refresh_token))).status).toBe(200)
  })

  test("with refresh_reuse=revoke, use after the grace period ends the whole grant", async () => {
    await emulator.current.control.changeConfig({ refresh_reuse: "revoke", refresh_grace_seconds: 0 })
    const { refreshToken } = await obtainTokens(emulator.current)
    const { body } = await refresh(emulator.current, refreshToken)
    expect((await refresh(emulator.current, refreshToken)).status).toBe(400)
    expect((await refresh(emulator.current, String(body.refresh_token))).status).toBe(400)
    expect((await callApi(emulator.current, "/2.0/user", String(body.access_token))).status).toBe(401)
  })

  test("a refresh token expires after three months without use; every use restarts them", async () => {
    await emulator.current.control.freezeClock()
    const { refreshToken } = await obtainTokens(emulator.current)
    await emulator.current.control.advanceClock("89d")
    const { body } = await refresh(emulator.current, refreshToken)
    await emulator.current.control.advanceClock("89d")
    const later = await refresh(emulator.current, String(body.refresh_token))
    expect(later.status).toBe(200)
    await emulator.current.control.advanceClock("90d")
    expect((await refresh(emulator.current, String(later.body.refresh_token))).status).toBe(400)
  })

  test.each(["never-issued", ""])("the refresh token %j is refused (BB-E6)", async (refreshToken) => {
    const { status, body } = await refresh(emulator.current, refreshToken)
    expect(status).toBe(400)
    expect(body).toEqual({ error_description: "Invalid refresh_token", error: "invalid_grant" })
  })

  test("a refresh token of another client is refused and not used up", async () => {
    const { refreshToken } = await obtainTokens(emulator.current)
    expect((await refresh(emulator.current, refreshToken, noEmailClient)).body.error).toBe("invalid_grant")
    await emulator.current.control.advanceClock("1h")
    expect((await refresh(emulator.current, refreshToken)).status).toBe(200)
  })

  test("an access token does not work as a refresh token", async () => {
    const { accessToken } = await obtainTokens(emulator.current)
    expect((await refresh(emulator.current, accessToken)).status).toBe(400)
  })

  test("fifty refreshes at once with one token get fifty responses and fifty journal rows", async () => {
    const { refreshToken } = await obtainTokens(emulator.current)
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => refresh(emulator.current, refreshToken)),
    )
    expect(new Set(replies.map(({ body }) => body.refresh_token)).size).toBe(50)
    const rows = await emulator.current.control.listRequests()
    expect(rows.filter((row) => row.grant_type === "refresh_token")).toHaveLength(50)
  })
})

describe("PKCE (BB-A11)", () => {
  const code_verifier = "the-verifier-of-this-test-is-long-enough-for-rfc-7636"
  const code_challenge = createHash("sha256").update(code_verifier).digest("base64url")
  const request = authorizationRequest({ code_challenge, code_challenge_method: "S256" })

  async function exchange(fields: Record<string, string>, authorization = request) {
    const code = await obtainCode(emulator.current, { request: authorization })
    return requestToken(emulator.current, { grant_type: "authorization_code", code, ...fields })
  }

  test("by default a challenge is ignored", async () => {
    expect((await exchange({ code_verifier: "wrong" })).status).toBe(200)
    expect((await exchange({})).status).toBe(200)
  })

  test("when enforced, only the right verifier works", async () => {
    await emulator.current.control.changeConfig({ pkce: "enforce" })
    expect((await exchange({ code_verifier })).status).toBe(200)
    expect((await exchange({ code_verifier: "wrong" })).body.error).toBe("invalid_grant")
    expect((await exchange({})).body.error).toBe("invalid_grant")
    expect((await exchange({}, authorizationRequest())).status).toBe(200)
  })
})

describe("the scopes of issues and wikis", () => {
  const client = { key: "issues", secret: "secret-of-issues" }
  const scopes = ["account", "issue", "issue:write", "wiki"] as const
  const seed = {
    people: [{ username: "demo", password: "demo" }],
    clients: [{ ...client, name: "Issues", callback_url: "http://localhost:3000", scopes: [...scopes] }],
  }
  const readScopes = async () => {
    const browser = new Browser(emulator.current)
    await browser.signIn("demo")
    const request = authorizationRequest({ client_id: client.key, scope: "account issue" })
    const consent = await (await browser.get(authorizePath(request))).text()
    const code = locationOf(await browser.decide("approve", request)).searchParams.get("code") ?? ""
    const { body } = await requestToken(emulator.current, { grant_type: "authorization_code", code }, client)
    const user = await callApi(emulator.current, "/2.0/user", String(body.access_token))
    return {
      consent: [...consent.matchAll(/<code class="muted">([a-z:]+)</g)].map(([, scope]) => scope),
      token: body.scope ?? body.scopes,
      header: user.headers.get("X-OAuth-Scopes"),
      refreshed: (await refresh(emulator.current, String(body.refresh_token), client)).body.scope,
    }
  }

  test("grant nothing from 20 August 2026 on (BB-S2)", async () => {
    await emulator.current.control.reset(seed)
    await emulator.current.control.setClock(new Date("2026-08-20T00:00:00Z"))
    const account = "account"
    expect(await readScopes()).toEqual({
      consent: [account],
      token: account,
      header: account,
      refreshed: account,
    })
  })

  test("existed until then, and always in 2017 (BB-S2)", async () => {
    const all = scopes.join(" ")
    await emulator.current.control.reset(seed)
    await emulator.current.control.setClock(new Date("2026-08-19T20:00:00Z"))
    expect(await readScopes()).toMatchObject({
      consent: scopes,
      token: all,
      header: "account, issue:write, wiki",
    })
    await emulator.current.control.reset(seed)
    await emulator.current.control.changeConfig({ contract: "2017" })
    expect((await readScopes()).token).toBe(all)
  })

  test("disappear from earlier tokens (BB-S2)", async () => {
    const { control } = emulator.current
    await control.reset(seed)
    await control.setClock(new Date("2026-08-19T23:00:00Z"))
    const { accessToken, refreshToken } = await obtainTokens(emulator.current, { client })
    await control.advanceClock("1h")
    const user = await callApi(emulator.current, "/2.0/user", accessToken)
    expect(user.headers.get("X-OAuth-Scopes")).toBe("account")
    expect((await refresh(emulator.current, refreshToken, client)).body.scope).toBe("account")
  })
})

describe("the contract of 2017", () => {
  test("scopes, short tokens, and the same refresh token forever (BB-C1, BB-C2, BB-C4, BB-T10)", async () => {
    await emulator.current.control.changeConfig({ contract: "2017" })
    const code = await obtainCode(emulator.current)
    const { body } = await requestToken(emulator.current, { grant_type: "authorization_code", code })
    expect(Object.keys(body)[0]).toBe("scopes")
    expect(String(body.refresh_token)).toHaveLength(18)
    await emulator.current.control.advanceClock("400d")
    const again = await refresh(emulator.current, String(body.refresh_token))
    expect(again.body.refresh_token).toBe(body.refresh_token)
    expect(again.body.access_token).not.toBe(body.access_token)
  })

  test("a bad refresh token is an invalid request (BB-E6)", async () => {
    await emulator.current.control.changeConfig({ contract: "2017" })
    const { body } = await refresh(emulator.current, "never-issued")
    expect(body).toEqual({ error_description: "Invalid refresh_token", error: "invalid_request" })
  })
})
