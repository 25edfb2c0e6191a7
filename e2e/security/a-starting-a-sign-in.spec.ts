import { BitbucketPages } from "../pages/bitbucket-pages"
import { inBatches, leadsTo, send } from "./http"
import { startShiftedApp } from "./shifted-app"
import { expect, test } from "./suite"
import { callbackWith, cookieHeader, readSetCookie, startAgain } from "./visitor"

const flowCookies = (cookies: ReadonlyMap<string, string>) =>
  [...cookies].filter(([name]) => name.startsWith("authjs.flow."))

test("A1 the authorization request contains exactly what it must", async ({ visitor, emulator, appUrl }) => {
  const { origin, pathname, searchParams } = await visitor.start("/profile")
  expect(origin + pathname).toBe(`${emulator.siteUrl}/site/oauth2/authorize`)
  const { state, code_challenge, ...rest } = Object.fromEntries(searchParams)
  expect(rest).toEqual({
    response_type: "code",
    client_id: "emulatorClientKey1",
    redirect_uri: `${appUrl}/api/auth/callback/bitbucket`,
    scope: "account email",
    code_challenge_method: "S256",
  })
  expect([...searchParams.keys()]).toHaveLength(7)
  expect(state).toBeTruthy()
  expect(code_challenge).toMatch(/^[\w-]{43}$/)
})

test("A1b no parameter from the person who sends the form reaches the authorization request", async ({
  visitor,
  appUrl,
}) => {
  const { csrfToken } = JSON.parse((await visitor.send("/api/auth/csrf")).text)
  const plain = await visitor.start()
  const query = "scope=account+admin&redirect_uri=https%3A%2F%2Fevil.example&client_id=x&prompt=none&foo=bar"
  for (const [path, fields] of [
    [`/api/auth/signin/bitbucket?${query}`, { csrfToken }],
    ["/api/auth/signin/bitbucket", { csrfToken, ...Object.fromEntries(new URLSearchParams(query)) }],
  ] as const) {
    const { searchParams } = leadsTo(await visitor.post(path, fields), appUrl)
    const own = (parameters: URLSearchParams) =>
      [...parameters].filter(([name]) => name !== "state" && name !== "code_challenge").sort()
    expect(own(searchParams)).toEqual(own(plain.searchParams))
  }
})

test("A2 a thousand sign-ins produce a thousand unguessable states and challenges", async ({ appUrl }) => {
  const starts = await inBatches(Array.from({ length: 1_000 }), async () => {
    const { searchParams } = leadsTo(await send(appUrl, "/oauth/bitbucket/authorize?next=/profile"), appUrl)
    return {
      state: searchParams.get("state") ?? "",
      challenge: searchParams.get("code_challenge") ?? "",
      method: searchParams.get("code_challenge_method"),
    }
  })
  expect(new Set(starts.map(({ state }) => state)).size).toBe(1_000)
  expect(new Set(starts.map(({ challenge }) => challenge)).size).toBe(1_000)
  expect(
    starts.filter(({ challenge, method }) => method !== "S256" || !/^[\w-]{43}$/.test(challenge)),
  ).toEqual([])
  // Nearly all of the 64 letters turn up at each of 42 positions: 252 independent bits.
  for (const values of [
    starts.map(({ state }) => state.slice(-43)),
    starts.map(({ challenge }) => challenge),
  ])
    for (let place = 0; place < 42; place++)
      expect(new Set(values.map((value) => value[place])).size).toBeGreaterThan(55)
})

test("A3 a callback without a pending sign-in creates no session and sends nothing to Bitbucket", async ({
  visitor,
  emulator,
  database,
}) => {
  const answer = await visitor.send(callbackWith({ code: "ATT", state: "ATT" }))
  expect(answer.headers.location).toMatch(startAgain)
  expect(answer.setCookies).toEqual([])
  expect(await emulator.control.listRequests()).toEqual([])
  expect((await database.query("select 1 from session")).rowCount).toBe(0)
})

test("A4 a browser that is signing in refuses an attacker's callback", async ({
  visitor,
  stranger,
  tokenRequests,
  appUrl,
}) => {
  const own = await visitor.start()
  const foreign = new URL(await stranger.consent(await stranger.start(), "zoe"), appUrl).searchParams
  const [code, state] = [foreign.get("code") ?? "", foreign.get("state") ?? ""]
  for (const query of [{ code, state }, { code }, { code, state: "" }]) {
    const answer = await visitor.send(callbackWith(query))
    expect(answer.headers.location).toMatch(startAgain)
    expect(answer.setCookies).toEqual([])
  }
  expect(await tokenRequests()).toEqual([])
  const finished = await visitor.send(await visitor.consent(own, "demo"))
  expect(finished.headers.location).toBe(`${appUrl}/profile`)
  expect((await visitor.send("/profile")).text).toContain("Demo Person")
})

test("A5 a stolen code in another browser fails with invalid_grant if Bitbucket verifies PKCE", async ({
  visitor,
  stranger,
  emulator,
  database,
  tokenRequests,
  appUrl,
}) => {
  await emulator.control.changeConfig({ pkce: "enforce" })
  const stolen = new URL(await visitor.consent(await visitor.start()), appUrl).searchParams.get("code") ?? ""
  const state = (await stranger.start()).searchParams.get("state") ?? ""
  const answer = await stranger.send(callbackWith({ code: stolen, state }))
  expect(answer.headers.location).toMatch(startAgain)
  expect(await tokenRequests()).toMatchObject([{ grant_type: "authorization_code", status: 400 }])
  expect((await database.query("select 1 from session")).rowCount).toBe(0)
})

test("A5b the exchange always carries the verifier and the exact redirect_uri, which is all a client can do", async ({
  visitor,
  emulator,
  appUrl,
}) => {
  await visitor.signIn()
  const [exchange] = (await emulator.control.listRequests()).filter(({ path }) =>
    path.endsWith("/access_token"),
  )
  expect(Object.keys(exchange?.form ?? {}).sort()).toEqual([
    "code",
    "code_verifier",
    "grant_type",
    "redirect_uri",
  ])
  expect(exchange?.form.redirect_uri).toBe(`${appUrl}/api/auth/callback/bitbucket`)
})

test("A6a repeating a callback in the same browser makes no second exchange", async ({
  visitor,
  tokenRequests,
  appUrl,
}) => {
  const callback = await visitor.consent(await visitor.start("/sessions"))
  await visitor.send(callback)
  const again = await visitor.send(callback)
  expect(again.headers.location).toBe(`${appUrl}/profile`)
  expect(again.setCookies).toEqual([])
  expect(await tokenRequests()).toMatchObject([{ status: 200 }])
})

test("A6b cookies saved before the callback do not make it work twice, even with a lax Bitbucket", async ({
  visitor,
  emulator,
  database,
  tokenRequests,
}) => {
  const callback = await visitor.consent(await visitor.start())
  const saved = visitor.copy()
  await visitor.send(callback)
  // A Bitbucket that accepts a code twice would answer 200, so the app must not even ask.
  await emulator.control.addFault({
    match: { path: "/site/oauth2/access_token" },
    kind: "status",
    status: 200,
  })
  const again = await saved.send(callback)
  expect(again.headers.location).toMatch(startAgain)
  expect(flowCookies(saved.cookies), "the finished flow is removed").toEqual([])
  expect(await tokenRequests()).toHaveLength(1)
  expect((await database.query("select 1 from session")).rowCount).toBe(1)
})

test("A6c the app keeps only a hash of a spent state, with an expiry, and the daily job deletes it", async ({
  visitor,
  database,
  cronSecret,
}) => {
  await database.query("delete from spent_state")
  const authorization = await visitor.start()
  await visitor.send(await visitor.consent(authorization))
  const { rows } = await database.query(
    "select state_hash, expires_at - now() between '16 minutes' and '2 hours' as bounded from spent_state",
  )
  expect(rows).toEqual([{ state_hash: expect.stringMatching(/^[\w-]{43}$/), bounded: true }])
  expect(authorization.search).not.toContain(rows[0].state_hash)

  const headers = { authorization: `Bearer ${cronSecret}` }
  await visitor.send("/api/cron/keep-alive", { headers })
  expect((await database.query("select 1 from spent_state")).rowCount).toBe(1)
  await database.query("update spent_state set expires_at = now()")
  expect(JSON.parse((await visitor.send("/api/cron/keep-alive", { headers })).text)).toMatchObject({
    deleted: { spentStates: 1 },
  })
  expect((await database.query("select 1 from spent_state")).rowCount).toBe(0)
})

test("A7a a sign-in that Bitbucket answered with an error cannot be finished with a code", async ({
  visitor,
  stranger,
  tokenRequests,
  appUrl,
}) => {
  const state = (await visitor.start()).searchParams.get("state") ?? ""
  const denied = await visitor.send(callbackWith({ error: "access_denied", state }))
  expect(denied.headers.location).toContain("error=access_denied")
  expect(flowCookies(visitor.cookies)).toEqual([])
  const foreign = new URL(await stranger.consent(await stranger.start(), "zoe"), appUrl).searchParams
  const late = await visitor.send(callbackWith({ code: foreign.get("code") ?? "", state }))
  expect(late.headers.location).toMatch(startAgain)
  expect(await tokenRequests()).toEqual([])
})

test("A7b a callback with another browser's state leaves the pending sign-in alone", async ({
  visitor,
  appUrl,
}) => {
  const authorization = await visitor.start("/sessions")
  for (const query of [
    { error: "access_denied", state: "forged" },
    { code: "x", state: "forged" },
  ])
    expect((await visitor.send(callbackWith(query))).setCookies).toEqual([])
  const finished = await visitor.send(await visitor.consent(authorization))
  expect(finished.headers.location).toBe(`${appUrl}/sessions`)
})

test("A8 two tabs that sign in at once both reach their page, whichever finishes first", async ({
  visitor,
  appUrl,
}) => {
  const first = await visitor.start("/profile")
  const second = await visitor.start("/integrations/bitbucket")
  const late = await visitor.consent(first)
  const early = await visitor.consent(second)
  expect((await visitor.send(early)).headers.location).toBe(`${appUrl}/integrations/bitbucket`)
  expect((await visitor.send(late)).headers.location).toBe(`${appUrl}/profile`)
  expect((await visitor.send("/profile")).text).toContain("Demo Person")
})

test("A8c in a real browser two tabs sign in side by side", async ({ page, context, bitbucket }) => {
  const second = await context.newPage()
  await page.goto("/oauth/bitbucket/authorize?next=/profile")
  await second.goto("/oauth/bitbucket/authorize?next=/integrations/bitbucket")
  await bitbucket.signInAndAllow("demo")
  await expect(page).toHaveURL("/profile")
  await new BitbucketPages(second).signIn("demo")
  await expect(second).toHaveURL("/integrations/bitbucket")
})

test("A8b twelve tabs can all finish, in any order; with thirteen, the oldest has to start again", async ({
  visitor,
  appUrl,
}) => {
  const oldest = await visitor.consent(await visitor.start("/profile"))
  const starts: [string, URL][] = []
  for (let tab = 0; tab < 12; tab++)
    starts.push([`/sessions?tab=${tab}`, await visitor.start(`/sessions?tab=${tab}`)])
  const refused = await visitor.send(oldest)
  expect(leadsTo(refused, appUrl).pathname).toBe("/auth/error")
  expect((await visitor.send(refused.headers.location?.slice(appUrl.length) ?? "")).text).toContain(
    "Start again",
  )
  for (const [next, authorization] of starts.reverse())
    expect((await visitor.send(await visitor.consent(authorization))).headers.location).toBe(appUrl + next)
})

test("A9 sixty abandoned sign-ins keep the cookies below 4 kB, wherever they would have led", async ({
  visitor,
}) => {
  await visitor.signIn()
  for (let start = 0; start < 60; start++) await visitor.start("/profile")
  expect(flowCookies(visitor.cookies)).toHaveLength(12)
  expect(cookieHeader(visitor.cookies).length).toBeLessThan(4_096)
  for (const next of [`/profile?q=${"a".repeat(500)}`, `/${"%F0".repeat(341)}`, `/${"a".repeat(1_000)}`])
    for (let start = 0; start < 12; start++) {
      await visitor.start(next)
      expect(cookieHeader(visitor.cookies).length).toBeLessThan(4_096)
    }
  expect(flowCookies(visitor.cookies).length, "the newest can still finish").toBeGreaterThanOrEqual(1)
  expect((await visitor.send("/profile")).status).toBe(200)
})

test("A10a the sign-in form of Auth.js starts no sign-in without its own CSRF token", async ({
  visitor,
  stranger,
  emulator,
  appUrl,
}) => {
  const form = "/api/auth/signin/bitbucket"
  const foreignToken = JSON.parse((await stranger.send("/api/auth/csrf")).text).csrfToken
  const refused = [
    await visitor.send(form),
    await visitor.post(form, { callbackUrl: "/profile" }),
    await visitor.post(form, { csrfToken: "wrong" }),
    await visitor.post(form, { csrfToken: foreignToken }),
    await visitor.post(form, {}, { origin: "https://evil.example", "sec-fetch-site": "cross-site" }),
  ]
  for (const answer of refused) {
    expect(leadsTo(answer, appUrl).origin).toBe(appUrl)
    expect(leadsTo(answer, appUrl).pathname).toBe("/signin")
    expect(answer.setCookies.filter((line) => line.includes("flow"))).toEqual([])
  }
  const { csrfToken } = JSON.parse((await visitor.send("/api/auth/csrf")).text)
  const started = await visitor.post(form, { csrfToken, callbackUrl: "/sessions" })
  expect(leadsTo(started, appUrl).origin).toBe(emulator.siteUrl)
})

for (const [who, headers] of [
  ["a picture", { "sec-fetch-dest": "image", "sec-fetch-site": "cross-site" }],
  ["a frame", { "sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site" }],
  ["a script", { "sec-fetch-dest": "script", "sec-fetch-mode": "no-cors" }],
  ["fetch", { "sec-fetch-dest": "empty", "sec-fetch-mode": "cors" }],
  ["a prefetch", { "sec-purpose": "prefetch", "sec-fetch-dest": "document" }],
  ["a prerender", { "sec-purpose": "prefetch;prerender", "sec-fetch-dest": "document" }],
  ["an older prefetch", { purpose: "prefetch" }],
] as const)
  test(`A10b ${who} starts no sign-in`, async ({ visitor }) => {
    const answer = await visitor.send("/oauth/bitbucket/authorize?next=/profile", { headers })
    expect([answer.status, answer.setCookies, answer.headers.location]).toEqual([403, [], undefined])
  })

test("A10c starting a sign-in changes nothing for a signed-in person", async ({ visitor, database }) => {
  await visitor.signIn()
  const before = (await database.query("select * from session natural full join connection")).rows
  const session = visitor.cookies.get("authjs.session-token")
  await visitor.start("/sessions")
  expect(visitor.cookies.get("authjs.session-token")).toBe(session)
  expect((await database.query("select * from session natural full join connection")).rows).toEqual(before)
})

for (const [minutes, end] of [
  [14, "still finishes"],
  [16, "has expired"],
] as const)
  test(`A11a a sign-in that comes back after ${minutes} minutes ${end}`, async ({
    visitor,
    environment,
    tokenRequests,
  }) => {
    const callback = await visitor.consent(await visitor.start())
    await using later = await startShiftedApp(environment, minutes * 60)
    const answer = await send(later.url, callback, { headers: { cookie: cookieHeader(visitor.cookies) } })
    expect(answer.headers.location).toContain(
      minutes === 14 ? "/profile" : "/auth/error?error=sign_in_expired",
    )
    expect(await tokenRequests()).toHaveLength(minutes === 14 ? 1 : 0)
  })

test("A11b the browser itself drops a pending sign-in after fifteen minutes", async ({ appUrl }) => {
  const { setCookies } = await send(appUrl, "/oauth/bitbucket/authorize?next=/profile")
  const [flow] = setCookies.map(readSetCookie).filter(({ name }) => name.includes("flow"))
  expect(flow?.attributes).toContain("max-age=900")
})

test("A11c the cookie of one sign-in does not work for another", async ({ visitor, tokenRequests }) => {
  const first = await visitor.start()
  const [firstCookie] = flowCookies(visitor.cookies)
  await visitor.start("/sessions")
  const [, secondCookie] = flowCookies(visitor.cookies)
  visitor.cookies.set(firstCookie?.[0] ?? "", secondCookie?.[1] ?? "")
  const answer = await visitor.send(await visitor.consent(first))
  expect(answer.headers.location).toMatch(startAgain)
  expect(await tokenRequests()).toEqual([])
})

test("A12 the app refuses and removes sign-in cookies that were altered, cut, padded or swapped, without a server error", async ({
  visitor,
  stranger,
  tokenRequests,
  database,
}) => {
  await stranger.start()
  const [, foreign = ""] = flowCookies(stranger.cookies)[0] ?? []
  const changes: Record<string, (value: string) => string> = {
    "a letter of the header": (value) => change(value, 0),
    "a letter of the nonce": (value) => change(value, 2),
    "a letter of the ciphertext": (value) => change(value, 3),
    "a letter of the tag": (value) => change(value, 4),
    "a missing end": (value) => value.slice(0, value.length / 2),
    "half of the ciphertext": (value) => editPart(value, 3, (part) => part.slice(0, part.length / 2)),
    "an oversized ciphertext": (value) => editPart(value, 3, (part) => part + "A".repeat(6_000)),
    "an empty value": () => "",
    junk: () => "junk",
    "broken percent signs": () => "%E0%A4%A",
    "the parts in another order": (value) => value.split(".").reverse().join("."),
    "the value it had before it was sealed": () => `${Date.now()}~a.b.c~d.e.f~/profile`,
    "another browser's": () => foreign,
    "another browser's under this one's header": (value) =>
      editPart(foreign, 0, () => value.split(".")[0] ?? ""),
  }
  for (const [what, edit] of Object.entries(changes)) {
    visitor.cookies.clear()
    const callback = await visitor.consent(await visitor.start())
    const [name = "", value = ""] = flowCookies(visitor.cookies)[0] ?? []
    visitor.cookies.set(name, edit(value))
    const answer = await visitor.send(callback)
    expect(answer.status, what).toBe(302)
    expect(answer.headers.location, what).toContain("/auth/error?error=")
    // Next does not show us a cookie that cannot be decoded; that one expires by itself.
    expect(flowCookies(visitor.cookies), what).toHaveLength(what === "broken percent signs" ? 1 : 0)
    expect((await visitor.send("/api/auth/session")).text, what).toBe("null")
  }
  expect((await tokenRequests()).filter(({ status }) => status === 200)).toEqual([])
  expect((await database.query("select 1 from session")).rowCount).toBe(0)
})

test("A13 with the challenge removed from the URL, a Bitbucket that verifies PKCE refuses and no session starts", async ({
  visitor,
  emulator,
  database,
}) => {
  await emulator.control.changeConfig({ pkce: "enforce" })
  const authorization = await visitor.start()
  authorization.searchParams.delete("code_challenge")
  authorization.searchParams.delete("code_challenge_method")
  const answer = await visitor.send(await visitor.consent(authorization))
  expect(answer.headers.location).toContain("/auth/error?error=")
  const exchange = (await emulator.control.listRequests()).find(({ path }) => path.endsWith("/access_token"))
  expect(exchange?.form).toHaveProperty("code_verifier")
  expect(exchange?.status).toBe(400)
  expect((await database.query("select 1 from session")).rowCount).toBe(0)
})

test("A14 signing in as another person creates a new session, ends the old one and shows the new person", async ({
  visitor,
  database,
}) => {
  await visitor.signIn("demo")
  const before = visitor.copy()
  expect((await before.send("/profile")).text).toContain("Demo Person")
  visitor.leaveBitbucket()
  await visitor.signIn("zoe")
  expect(visitor.cookies.get("authjs.session-token")).not.toBe(before.cookies.get("authjs.session-token"))
  const page = (await visitor.send("/profile")).text
  expect(page).toContain("Zoë")
  expect(page).not.toContain("Demo Person")
  expect((await before.send("/profile")).status).toBe(307)
  expect((await before.send("/api/token/refresh", { method: "POST" })).status).toBe(401)
  expect((await database.query("select 1 from connection")).rowCount, "the old account's tokens").toBe(1)
  expect((await database.query("select 1 from session")).rowCount, "the old session").toBe(1)
})

test("A14b signing in twice as the same person leaves one session, with a new id", async ({
  visitor,
  database,
}) => {
  await visitor.signIn()
  const first = visitor.copy()
  await visitor.signIn()
  expect((await first.send("/profile")).status).toBe(307)
  expect((await visitor.send("/profile")).status).toBe(200)
  expect((await database.query("select 1 from session")).rowCount).toBe(1)
})

/** Changes one letter in the middle of a part: 1 is the state, 2 the verifier. */
function change(value: string, index: number): string {
  return editPart(value, index, (part) => {
    const middle = Math.floor(part.length / 2)
    return part.slice(0, middle) + (part[middle] === "A" ? "B" : "A") + part.slice(middle + 1)
  })
}

function editPart(value: string, index: number, edit: (part: string) => string): string {
  return value
    .split(".")
    .map((part, at) => (at === index ? edit(part) : part))
    .join(".")
}
