import { createSign, generateKeyPairSync } from "node:crypto"
import { expect, test } from "vitest"
import { Clock } from "../clock.ts"
import { formatAuthorizationHeader, signatureBaseString } from "../oauth1/rfc5849.ts"
import { Browser, locationOf } from "./browser.ts"
import { demoClient } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
const CALLBACK = "http://localhost:3000/callback"

const emulator = withEmulator({
  config: { contract: "datacenter", context_path: "/bitbucket" },
  seed: {
    people: [
      {
        username: "Demo",
        password: "Demo",
        display_name: "De Mo",
        emails: [{ email: "demo@example.com", is_primary: true }],
      },
      { username: "admin@corp.example", password: "admin@corp.example" },
      { username: "admin_corp.example", password: "admin_corp.example" },
    ],
    clients: [
      {
        key: demoClient.key,
        secret: demoClient.secret,
        name: "Demo",
        callback_url: "http://localhost:3000",
        public_key: publicKey.export({ type: "spki", format: "pem" }).toString(),
      },
    ],
  },
})

const base = () => `${emulator.current.siteUrl}/bitbucket`

async function authorize(query: Record<string, string> = {}, action = "approve"): Promise<URL> {
  const browser = new Browser(emulator.current)
  await browser.signIn("Demo")
  const parameters = new URLSearchParams({
    client_id: demoClient.key,
    response_type: "code",
    redirect_uri: CALLBACK,
    scope: "PUBLIC_REPOS",
    ...query,
  })
  const path = `/bitbucket/rest/oauth2/latest/authorize?${parameters}`
  return locationOf(await browser.post(path, { action }))
}

async function requestTokens(form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(`${base()}/rest/oauth2/latest/token`, {
    method: "POST",
    headers,
    body: new URLSearchParams(form),
  })
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}

const credentials = { client_id: demoClient.key, client_secret: demoClient.secret }

async function exchange(code: string | null, more: Record<string, string> = {}) {
  const form = { grant_type: "authorization_code", code: code ?? "", redirect_uri: CALLBACK }
  return requestTokens({ ...form, ...credentials, ...more })
}

async function obtainTokens() {
  return (await exchange((await authorize()).searchParams.get("code"))).body
}

function whoami(accessToken: string) {
  const headers = { Authorization: `Bearer ${accessToken}` }
  return fetch(`${base()}/plugins/servlet/applinks/whoami`, { headers })
}

test("a code becomes an hour's token with credentials in the body, below the context path (BB-D1, BB-D3, BB-D5)", async () => {
  const { status, body } = await exchange((await authorize()).searchParams.get("code"))
  expect(status).toBe(200)
  expect(Object.keys(body)).toEqual(["scope", "access_token", "expires_in", "token_type", "refresh_token"])
  expect(body).toMatchObject({ scope: "PUBLIC_REPOS", expires_in: 3600, token_type: "bearer" })
})

test("credentials in a header are ignored, and wrong ones are invalid_client (BB-D5)", async () => {
  const code = (await authorize()).searchParams.get("code") ?? ""
  const basic = `Basic ${btoa(`${demoClient.key}:${demoClient.secret}`)}`
  const form = { grant_type: "authorization_code", code, redirect_uri: CALLBACK }
  expect(await requestTokens(form, { Authorization: basic })).toMatchObject({
    status: 400,
    body: { error: "invalid_client" },
  })
  expect((await exchange(code, { client_secret: "wrong" })).body.error).toBe("invalid_client")
})

test("a verifier has to match its challenge, and the code lives ten seconds (BB-D2)", async () => {
  const challenge = { code_challenge: "a".repeat(43), code_challenge_method: "plain" }
  const wrong = (await authorize(challenge)).searchParams.get("code")
  expect((await exchange(wrong, { code_verifier: "b".repeat(43) })).status).toBe(400)
  const right = (await authorize(challenge)).searchParams.get("code")
  expect((await exchange(right, { code_verifier: "a".repeat(43) })).status).toBe(200)
  const late = (await authorize()).searchParams.get("code")
  await emulator.current.control.advanceClock(10_000)
  expect((await exchange(late)).body.error).toBe("invalid_grant")
})

test("a refresh issues new tokens, and the used refresh token stops working immediately (BB-D4)", async () => {
  const first = await obtainTokens()
  const refresh = () =>
    requestTokens({
      grant_type: "refresh_token",
      refresh_token: first.refresh_token ?? "",
      ...credentials,
    })
  const second = await refresh()
  expect(second.status).toBe(200)
  expect(second.body.refresh_token).not.toBe(first.refresh_token)
  expect((await refresh()).body).toEqual({
    error_description: "The provided refresh_token is invalid",
    error: "invalid_grant",
  })
})

test("scopes of Cloud are unknown here, and Data Center's are unknown on Cloud (BB-D6)", async () => {
  expect((await authorize({ scope: "account" })).searchParams.get("error")).toBe("invalid_scope")
  await emulator.current.control.changeConfig({ contract: "2026" })
  const query = new URLSearchParams({
    client_id: demoClient.key,
    response_type: "code",
    scope: "PUBLIC_REPOS",
  })
  const browser = new Browser(emulator.current)
  await browser.signIn("Demo")
  const answer = await browser.get(`/site/oauth2/authorize?${query}`)
  expect(locationOf(answer).searchParams.get("error")).toBe("invalid_scope")
})

test("a header names the caller; with an expired token the caller is anonymous, with status 200 (BB-D7)", async () => {
  const { access_token = "" } = await obtainTokens()
  const response = await whoami(access_token)
  expect([response.headers.get("X-AUSERNAME"), await response.text()]).toEqual(["Demo", "Demo"])
  expect(response.headers.get("X-AUSERID")).toMatch(/^\d+$/)
  const headers = { Authorization: `Bearer ${access_token}` }
  const user = await fetch(`${base()}/rest/api/latest/users/demo`, { headers })
  expect(await user.json()).toMatchObject({
    name: "Demo",
    slug: "demo",
    displayName: "De Mo",
    emailAddress: "demo@example.com",
    active: true,
    type: "NORMAL",
  })
  await emulator.current.control.advanceClock(3_600_000)
  const expired = await whoami(access_token)
  expect([expired.status, expired.headers.get("X-AUSERNAME"), await expired.text()]).toEqual([200, null, ""])
  expect((await fetch(`${base()}/rest/api/latest/users/demo`, { headers })).status).toBe(401)
})

async function getUsers(query: Record<string, string>) {
  const { access_token } = await obtainTokens()
  const headers = { Authorization: `Bearer ${access_token}` }
  const response = await fetch(`${base()}/rest/api/latest/users?${new URLSearchParams(query)}`, { headers })
  return (await response.json()) as { values: { name: string; slug: string }[] }
}

test("users are listed by a part of their names or addresses, page by page (BB-D10)", async () => {
  const names = async (filter: string) => (await getUsers({ filter })).values.map(({ name }) => name)
  expect(await names("CORP.example")).toEqual(["admin@corp.example", "admin_corp.example"])
  expect(await names("admin@corp.example")).toEqual(["admin@corp.example"])
  expect(await names("demo@example.com")).toEqual(["Demo"])
  expect(await names("unknown")).toEqual([])
  expect(await getUsers({ filter: "corp", limit: "1" })).toMatchObject({
    size: 1,
    limit: 1,
    isLastPage: false,
    start: 0,
    nextPageStart: 1,
  })
  const last = await getUsers({ filter: "corp", limit: "1", start: "1" })
  expect(last).toMatchObject({
    size: 1,
    isLastPage: true,
    start: 1,
    values: [{ name: "admin_corp.example" }],
  })
  expect((await fetch(`${base()}/rest/api/latest/users?filter=corp`)).status).toBe(401)
})

test("names that produce the same slug get different slugs (BB-D11)", async () => {
  const { values } = await getUsers({ filter: "corp.example" })
  expect(values.map(({ name, slug }) => [name, slug])).toEqual([
    ["admin@corp.example", "admin_corp.example"],
    ["admin_corp.example", "admin_corp.example1"],
  ])
})

let nonces = 0

async function sendSigned(
  method: "GET" | "POST",
  path: string,
  parameters: Record<string, string>,
  { signatureMethod = "RSA-SHA1", key = privateKey } = {},
): Promise<Response> {
  nonces += 1
  const protocol = Object.entries({
    oauth_consumer_key: demoClient.key,
    oauth_signature_method: signatureMethod,
    oauth_timestamp: String(Math.floor(new Clock().wallNow() / 1000)),
    oauth_nonce: `nonce-${nonces}`,
    ...parameters,
  })
  const url = base() + path
  const signature = createSign("RSA-SHA1")
    .update(signatureBaseString(method, url, protocol))
    .sign(key, "base64")
  const header = formatAuthorizationHeader([...protocol, ["oauth_signature", signature]])
  return fetch(url, { method, headers: { Authorization: header } })
}

const oauth = "/plugins/servlet/oauth"

async function requestToken() {
  const response = await sendSigned("POST", `${oauth}/request-token`, { oauth_callback: CALLBACK })
  return new URLSearchParams(await response.text()).get("oauth_token") ?? ""
}

async function decide(oauth_token: string, action: string): Promise<URL> {
  const browser = new Browser(emulator.current)
  await browser.signIn("Demo")
  return locationOf(await browser.post(`${oauth}/authorize`, { oauth_token, action }))
}

test("an application link signs with RSA-SHA1, including the context path, and only that (BB-D8)", async () => {
  const oauth_token = await requestToken()
  const oauth_verifier = (await decide(oauth_token, "approve")).searchParams.get("oauth_verifier") ?? ""
  const answer = await sendSigned("POST", `${oauth}/access-token`, { oauth_token, oauth_verifier })
  const form = await answer.text()
  const accessToken = new URLSearchParams(form).get("oauth_token") ?? ""
  const who = await sendSigned("GET", "/plugins/servlet/applinks/whoami", { oauth_token: accessToken })
  expect(await who.text()).toBe("Demo")

  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
  const parameters = { oauth_callback: CALLBACK }
  for (const how of [{ key: stranger }, { signatureMethod: "HMAC-SHA1" }])
    expect((await sendSigned("POST", `${oauth}/request-token`, parameters, how)).status).toBe(400)
})

test("a denial is reported as permissions_denied (BB-D9)", async () => {
  const oauth_token = await requestToken()
  expect((await decide(oauth_token, "deny")).searchParams.get("oauth_problem")).toBe("permissions_denied")
})

test("no Cloud endpoint answers on a Data Center, and none of its endpoints on Cloud", async () => {
  expect((await fetch(`${base()}/site/oauth2/authorize`)).status).toBe(404)
  await emulator.current.control.changeConfig({ contract: "2026" })
  expect((await fetch(`${emulator.current.siteUrl}/rest/oauth2/latest/authorize`)).status).toBe(404)
})

test("a client gets no token for itself, and a Bearer header causes no HTML page (EM-9)", async () => {
  for (const grant_type of ["client_credentials", "password", "urn:bitbucket:oauth2:jwt"])
    expect(await requestTokens({ grant_type, ...credentials })).toMatchObject({
      status: 400,
      body: { error: "unsupported_grant_type" },
    })
  const code = (await authorize()).searchParams.get("code") ?? ""
  const form = { grant_type: "authorization_code", code, redirect_uri: CALLBACK, ...credentials }
  expect((await requestTokens(form, { Authorization: "Bearer unknown" })).status).toBe(200)
})

test("a Data Center has no second host: nothing answers at Cloud's API origin (EM-9)", async () => {
  const { access_token = "" } = await obtainTokens()
  for (const path of ["/2.0/user", "/2.0/workspaces", "/1.0/user"]) {
    const headers = { Authorization: `Bearer ${access_token}` }
    expect((await fetch(`${emulator.current.apiUrl}${path}`, { headers })).status).toBe(404)
  }
  await emulator.current.control.changeConfig({ contract: "2026" })
  expect((await fetch(`${emulator.current.apiUrl}/2.0/user`)).status).toBe(401)
})

test("a challenge of an unknown method is refused, because it would be verified (BB-D2)", async () => {
  const answer = await authorize({ code_challenge: "a".repeat(43), code_challenge_method: "S512" })
  expect(answer.searchParams.get("error")).toBe("invalid_request")
})

/** Sender and path of each request, as the live page and `/hops` show it. */
async function hops(): Promise<string[][]> {
  return (await emulator.current.control.listHops()).map(({ from, address }) => [
    from,
    new URL(address.split("?")[0] ?? "").pathname,
  ])
}

test("the live page separates a sign-in from the previous one, and the application from the browser", async () => {
  const page = async () => (await fetch(`${emulator.current.siteUrl}/_control/trace.md`)).text()
  const browser = new Browser(emulator.current)
  const open = (state: string) => {
    const query = new URLSearchParams({ client_id: demoClient.key, response_type: "code", state })
    return browser.get(`/bitbucket/rest/oauth2/latest/authorize?${query}`)
  }
  await open("the-state-of-the-first-sign-in")
  await obtainTokens()
  expect((await hops()).at(-1)).toEqual(["application", "/bitbucket/rest/oauth2/latest/token"])
  await open("the-state-of-the-second-sign-in")
  expect(await page()).toContain("# OAuth trace: 1 hop\n")
  await requestToken()
  expect((await hops()).at(-1)).toEqual(["application", "/bitbucket/plugins/servlet/oauth/request-token"])
  expect(await page()).toContain("# OAuth trace: 1 hop\n")
  await whoami("unknown")
  expect((await hops()).at(-1)?.[0]).toBe("application")
  await browser.get("/plugins/servlet/oauth/authorize?oauth_token=x")
  expect((await hops()).at(-1)?.[0]).toBe("browser")
})
