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

test("the journal records a whole sign-in hop by hop", async () => {
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

test("it contains no code, token, secret, password or state, and neither do the control API's responses", async () => {
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

test("it contains a refused request with its status, and none of the control API's own requests", async () => {
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

test.each<[string, string, RequestInit]>([
  [
    "the user of Basic who is no client",
    "/2.0/user",
    { headers: { Authorization: `Basic ${btoa("SECRET:")}` } },
  ],
  ["a client_id that is no client's", "/site/oauth2/authorize?client_id=SECRET", {}],
  ["a consumer key that is no client's", "/api/1.0/oauth/authenticate?oauth_consumer_key=SECRET", {}],
  [
    "a consumer key in a header",
    "/2.0/user",
    { headers: { Authorization: 'OAuth oauth_consumer_key="SECRET"' } },
  ],
  ["a parameter without a name", "/2.0/user?SECRET", {}],
  [
    "a form that is none",
    "/site/oauth2/access_token",
    { method: "POST", body: new URLSearchParams("SECRET") },
  ],
  ["an unknown scheme", "/2.0/user", { headers: { Authorization: "SECRET is-not-a-scheme" } }],
  ["a cookie without a name", "/", { headers: { Cookie: "SECRET" } }],
  ["a password in next", "/account/signin/?next=http://demo:SECRET@localhost/", {}],
  ["a password in a relative next", "/account/signin/?next=//demo:SECRET@localhost/", {}],
  ["a next that is no address", "/account/signin/?next=SECRET", {}],
  ["a password in a Referer", "/", { headers: { Referer: "http://demo:SECRET@localhost/" } }],
])("%s is in neither the rows nor the hops", async (_case, path, init) => {
  const secret = `secret-${"0123456789".repeat(5)}`
  const put = (text: string) => text.replaceAll("SECRET", secret)
  const headers = Object.entries((init.headers ?? {}) as Record<string, string>).map(
    ([name, value]): [string, string] => [
      name,
      value.startsWith("Basic ") ? `Basic ${btoa(put(atob(value.slice(6))))}` : put(value),
    ],
  )
  const body = init.body ? new URLSearchParams(put(String(init.body))) : null
  const { siteUrl, apiUrl, control } = emulator.current
  const origin = path.startsWith("/2.0") ? apiUrl : siteUrl
  await fetch(origin + put(path), { ...init, headers, body, redirect: "manual" })
  const journal = JSON.stringify([await control.listRequests(), await control.listHops()])
  expect(journal).toMatch(/characters, #|\[redacted\]@/)
  expect(journal).not.toContain(secret)
})

test("a client known by its key stays readable, wherever the request named it", async () => {
  await requestToken(emulator.current, { grant_type: "client_credentials" })
  const browser = new Browser(emulator.current)
  await browser.get(`/site/oauth2/authorize?client_id=${demoClient.key}`)
  const [first, second] = await emulator.current.control.listRequests()
  expect(first?.client_id).toBe(demoClient.key)
  expect([second?.client_id, second?.query.client_id]).toEqual([demoClient.key, demoClient.key])
})

test("a fault still matches an unknown client by the name that it gave", async () => {
  await emulator.current.control.addFault({ kind: "status", status: 418, match: { client_id: "mistyped" } })
  const refused = await requestToken(emulator.current, {}, { key: "mistyped", secret: "x" })
  expect(refused.status).toBe(418)
})

test("one request takes no more room than a hundred parameters of two thousand characters", async () => {
  const { siteUrl, apiUrl, control } = emulator.current
  const form = new URLSearchParams({ username: "x".repeat(5000), grant_type: "y".repeat(5000) })
  for (let count = 0; count < 500; count += 1) form.append(`parameter-${count}`, "value")
  await fetch(`${siteUrl}/site/oauth2/access_token`, { method: "POST", body: form })
  await fetch(`${apiUrl}/2.0/${"z".repeat(5000)}?q=${"q".repeat(5000)}`, {
    headers: { "User-Agent": "u".repeat(5000) },
  })
  const [posted, asked] = await control.listRequests()
  expect(Object.keys(posted?.form ?? {})).toHaveLength(100)
  const [, hop] = await control.listHops()
  for (const value of [
    posted?.form.username,
    posted?.form.grant_type,
    posted?.grant_type,
    asked?.path,
    asked?.query.q,
    hop?.requestHeaders["User-Agent"] ?? hop?.requestHeaders["user-agent"],
  ])
    expect(value).toHaveLength(2000)
})
