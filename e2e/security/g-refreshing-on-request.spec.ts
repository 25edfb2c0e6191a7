import { expect as expectPage } from "@playwright/test"
import type { Emulator } from "bitbucket-emulator"
import type { Pool } from "pg"
import { holdRefreshes, untilLeased } from "../held-refreshes"
import { startOwnApp } from "../own-app"
import { readProfileAgo, refreshRequests, signInFrom } from "../person"
import { seedFor } from "../seeds"
import { press } from "./forms"
import { inBatches } from "./http"
import { expect, test } from "./suite"
import { Visitor } from "./visitor"

const ROUTE = "/api/token/refresh"

/** Leaves the token this many seconds until it expires. */
async function age(database: Pool, remainingSeconds: number): Promise<void> {
  await database.query(
    "update connection set retry_at = null, issued_at = now() + make_interval(secs => $1::int - 7200), expires_at = now() + make_interval(secs => $1::int)",
    [remainingSeconds],
  )
}

async function refreshStatuses(emulator: Emulator): Promise<(number | null)[]> {
  return (await refreshRequests(emulator)).map(({ status }) => status)
}

test("G1 only a POST from a page of this app refreshes, and nothing else reaches Bitbucket", async ({
  visitor,
  emulator,
  database,
  appUrl,
}) => {
  await visitor.signIn()
  await age(database, 0)
  const refused: [string, Record<string, string>][] = [
    ["GET", {}],
    ["HEAD", {}],
    ["GET", { "sec-fetch-dest": "image", "sec-fetch-site": "cross-site" }],
    ["PUT", { origin: appUrl }],
    ["DELETE", { origin: appUrl }],
    ["POST", { origin: "https://evil.example", "content-type": "application/x-www-form-urlencoded" }],
    ["POST", { origin: "https://evil.example", "content-type": "text/plain" }],
    ["POST", { origin: "null" }],
    ["POST", { origin: appUrl.replace("http:", "https:") }],
    ["POST", { origin: `${appUrl}.evil.example` }],
    ["POST", { origin: appUrl.replace("localhost", "127.0.0.1") }],
    ["POST", { "sec-fetch-site": "cross-site" }],
    ["POST", { "sec-fetch-site": "same-site" }],
    ["POST", { "sec-fetch-site": "none" }],
    ["POST", { origin: appUrl, "sec-fetch-site": "cross-site" }],
    ["GET", { "x-http-method-override": "POST" }],
  ]
  for (const [method, headers] of refused) {
    const { status, text } = await visitor.send(ROUTE, { method, headers })
    expect([403, 405], `${method} ${JSON.stringify(headers)}`).toContain(status)
    expect(text).not.toContain("expiresAt")
  }
  expect(await refreshStatuses(emulator)).toEqual([])
})

test("G2 a refresh answers with a time and no token, and no cache keeps it", async ({
  visitor,
  appUrl,
  database,
}) => {
  await visitor.signIn()
  await age(database, 60)
  const answer = await visitor.send(ROUTE, {
    method: "POST",
    headers: { origin: appUrl, "sec-fetch-site": "same-origin" },
  })
  expect(answer.status).toBe(200)
  expect(answer.headers["cache-control"]).toBe("private, no-store")
  expect(answer.setCookies).toEqual([])
  const body = JSON.parse(answer.text)
  expect(Object.keys(body)).toEqual(["expiresAt"])
  expect(Date.parse(body.expiresAt) - Date.now()).toBeGreaterThan(7_000_000)
})

test("G3 without a live session a refresh is 401 in JSON, and Bitbucket receives nothing", async ({
  visitor,
  stranger,
  emulator,
  database,
}) => {
  await visitor.signIn()
  const [name, value] = [...visitor.cookies][0] ?? ["", ""]
  await age(database, 0)
  await emulator.control.clearRequests()
  const tampered = visitor.copy()
  tampered.cookies.set(name, value.slice(0, -4) + (value.endsWith("AAAA") ? "BBBB" : "AAAA"))
  const truncated = visitor.copy()
  truncated.cookies.set(name, value.slice(0, 100))
  await database.query("update session set expires_at = now() - interval '1 second'")
  for (const [who, sender] of Object.entries({ stranger, expired: visitor, tampered, truncated })) {
    const answer = await sender.send(ROUTE, { method: "POST" })
    expect(answer.status, who).toBe(401)
    expect(JSON.parse(answer.text), who).toEqual({ error: "reauthorization_required" })
    expect(answer.headers["cache-control"]).toContain("no-store")
  }
  expect(await emulator.control.listRequests()).toEqual([])
})

test("G4 fifty parallel refreshes in one process reach Bitbucket once and get the same answer", async ({
  visitor,
  emulator,
  database,
  appUrl,
}) => {
  await emulator.control.reset(seedFor(appUrl, ["parallel"]))
  await visitor.signIn("parallel")
  await age(database, 0)
  await emulator.control.changeConfig({ refresh_grace_seconds: 0, latency_ms: 100 })
  const answers = await inBatches(Array(50).fill(0), () => visitor.send(ROUTE, { method: "POST" }), 50)
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect(await refreshStatuses(emulator)).toEqual([200])
})

test("G5 fifty parallel refreshes on two servers use a refresh token once, with a grace period and without", async ({
  visitor,
  emulator,
  database,
  environment,
  appUrl,
}) => {
  await using second = await startOwnApp(environment)
  await emulator.control.reset(seedFor(appUrl, ["grace0", "grace600"]))
  for (const refresh_grace_seconds of [0, 600]) {
    await emulator.control.changeConfig({ refresh_grace_seconds, latency_ms: 100 })
    await emulator.control.clearRequests()
    visitor.leaveBitbucket()
    await database.query("truncate connection cascade")
    await visitor.signIn(`grace${refresh_grace_seconds}`)
    await age(database, 0)
    const there = new Visitor({ appUrl: second.url, emulator })
    for (const [name, value] of visitor.cookies) there.cookies.set(name, value)
    const answers = await inBatches(
      Array.from({ length: 50 }, (_, index) => (index % 2 ? visitor : there)),
      (sender) => sender.send(ROUTE, { method: "POST" }),
      50,
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await refreshStatuses(emulator)).toEqual([200])
    expect((await visitor.send("/profile")).status).toBe(200)
  }
})

test("G6 a page that starts before a refresh and ends after it does not bring an old token back", async ({
  visitor,
  emulator,
  database,
  storedTokens,
}) => {
  await emulator.control.changeConfig({ refresh_grace_seconds: 0 })
  await visitor.signIn()
  await readProfileAgo(database, "1 hour")
  await emulator.control.addFault({ match: { path: "/2.0/user" }, kind: "delay", delay_ms: 1_500 })
  const slow = visitor.send("/profile")
  await expect.poll(async () => (await emulator.control.listFaults()).length, { intervals: [10] }).toBe(0)
  await age(database, 0)
  expect((await visitor.send(ROUTE, { method: "POST" })).status).toBe(200)
  const refreshed = await storedTokens()
  const page = await slow
  expect([page.status, page.setCookies]).toEqual([200, []])
  expect(await storedTokens()).toEqual(refreshed)
  await age(database, 0)
  expect((await visitor.send(ROUTE, { method: "POST" })).status).toBe(200)
  expect(await refreshStatuses(emulator)).toEqual([200, 200])
})

test("G7 a cookie from before a refresh uses the newest token and reuses no old one", async ({
  visitor,
  emulator,
  database,
}) => {
  await emulator.control.changeConfig({ refresh_grace_seconds: 0, refresh_reuse: "revoke" })
  await visitor.signIn()
  const old = visitor.copy()
  for (const sender of [visitor, old, visitor, old]) {
    await age(database, 0)
    const answer = await sender.send(ROUTE, { method: "POST" })
    expect(answer.status).toBe(200)
    expect(answer.setCookies).toEqual([])
  }
  expect(await refreshStatuses(emulator)).toEqual([200, 200, 200, 200])
})

for (const [how, end] of [
  ["a sign-out", (visitor: Visitor) => press(visitor, "/signin", "Sign out")],
  ["a disconnection", (visitor: Visitor) => press(visitor, "/integrations/bitbucket", "Disconnect now")],
] as const)
  test(`G8 ${how} during a refresh still ends the connection`, async ({ visitor, emulator, database }) => {
    await visitor.signIn()
    const ending = visitor.copy()
    await age(database, 60)
    await holdRefreshes(emulator)
    const refreshing = visitor.send(ROUTE, { method: "POST" })
    await untilLeased(database)
    expect((await end(ending)).status).toBe(303)
    const { status } = await refreshing
    expect(status).toBe(401)
    expect((await database.query("select 1 from connection")).rowCount).toBe(0)
    expect((await database.query("select 1 from session")).rowCount).toBe(0)
    expect(await refreshStatuses(emulator)).toEqual([200])
  })

for (const username of ["demo", "zoe"])
  test(`G8 a sign-in as ${username} during a refresh for demo keeps its own tokens`, async ({
    visitor,
    emulator,
    database,
    storedTokens,
  }) => {
    await visitor.signIn()
    const elsewhere = visitor.copy()
    await age(database, 60)
    await holdRefreshes(emulator)
    const refreshing = visitor.copy().send(ROUTE, { method: "POST" })
    await untilLeased(database)
    await elsewhere.signIn(username)
    const brought = await storedTokens()
    expect(brought).toHaveLength(2)
    await refreshing
    expect(await storedTokens()).toEqual(brought)
    expect((await elsewhere.send("/profile")).status).toBe(200)
    expect((await visitor.send("/profile")).status, "the session that was there").toBe(307)
  })

test("G9 a thousand calls reach Bitbucket once, nearly all are told to wait, and delay no other visitor", async ({
  emulator,
  database,
  environment,
}) => {
  const most = 60
  await using app = await startOwnApp({ ...environment, RATE_LIMIT_PER_ACCOUNT: String(most) })
  await emulator.control.reset(seedFor(app.url, ["demo", "busy"]))
  const [visitor, stranger] = [
    new Visitor({ appUrl: app.url, emulator }),
    new Visitor({ appUrl: app.url, emulator }),
  ]
  await visitor.signIn("busy")
  await stranger.signIn("demo")
  await age(database, 60)
  const startedAt = performance.now()
  const answers = await inBatches(Array(1_000).fill(0), () => visitor.send(ROUTE, { method: "POST" }))
  const minutesBegun = Math.ceil((performance.now() - startedAt) / 60_000) + 1
  const refused = answers.filter(({ status }) => status === 429)
  const served = answers.filter(({ status }) => status === 200)
  expect(served.length + refused.length).toBe(1_000)
  expect(served.length).toBeGreaterThanOrEqual(most)
  // While the database is slow to count, the server uses its own counter as well as the shared one.
  expect(served.length).toBeLessThanOrEqual(2 * most * minutesBegun)
  for (const { headers, text } of refused) {
    expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1)
    expect(Number(headers["retry-after"])).toBeLessThanOrEqual(60)
    expect(headers["cache-control"]).toContain("no-store")
    expect(JSON.parse(text)).toEqual({ error: "too_many_requests" })
  }
  expect(await refreshStatuses(emulator)).toEqual([200])
  expect((await stranger.send(ROUTE, { method: "POST" })).status, "another person").toBe(200)
  expect((await visitor.send("/profile")).status, "a page of the same person").toBe(200)
})

test("G10 the app stores a refresh whose response the browser did not wait for", async ({
  visitor,
  emulator,
  database,
  appUrl,
}) => {
  await emulator.control.changeConfig({ refresh_grace_seconds: 0 })
  await visitor.signIn()
  await age(database, 0)
  await holdRefreshes(emulator)
  const impatience = new AbortController()
  const asked = fetch(appUrl + ROUTE, {
    method: "POST",
    headers: { cookie: [...visitor.cookies].map((pair) => pair.join("=")).join("; ") },
    signal: impatience.signal,
  }).catch(() => "gone")
  await untilLeased(database)
  impatience.abort()
  expect(await asked).toBe("gone")
  await expect
    .poll(async () => (await database.query("select version from connection")).rows[0].version)
    .toBe(2)
  expect((await visitor.send(ROUTE, { method: "POST" })).status).toBe(200)
  expect(await refreshStatuses(emulator)).toEqual([200])
})

test("G11 the app refreshes a token at least five minutes before it expires, and not more than seven", async ({
  visitor,
  emulator,
  database,
}) => {
  await visitor.signIn()
  for (const [remaining, count] of [
    [7_200, 0],
    [421, 0],
    [299, 1],
    [0, 2],
    [-1, 3],
  ] as const) {
    await age(database, remaining)
    expect((await visitor.send(ROUTE, { method: "POST" })).status).toBe(200)
    expect(await refreshStatuses(emulator), `${remaining} s left`).toHaveLength(count)
  }
})

test("G11 a 401 from the API for a token that should be valid causes one refresh and one retry", async ({
  visitor,
  emulator,
  database,
}) => {
  await visitor.signIn()
  await readProfileAgo(database, "1 hour")
  await emulator.control.expireTokens("demo")
  await emulator.control.clearRequests()
  expect((await visitor.send("/profile")).text).toContain("Read from Bitbucket")
  const profileReads = (await emulator.control.listRequests()).filter(({ path }) => path === "/2.0/user")
  expect(profileReads.map(({ status }) => status)).toEqual([401, 200])
  expect(await refreshStatuses(emulator)).toEqual([200])
})

for (const minutes of [-5, 5])
  test(`G11 with Bitbucket's clock ${minutes} minutes off, people sign in and stay signed in`, async ({
    visitor,
    emulator,
  }) => {
    await emulator.control.setClock(new Date(Date.now() + minutes * 60_000))
    await visitor.signIn()
    expect((await visitor.send("/profile")).status).toBe(200)
    expect((await visitor.send(ROUTE, { method: "POST" })).status).toBe(200)
    expect(await refreshStatuses(emulator)).toEqual([])
  })

test("G12 the refresh route never redirects, whatever the request says", async ({ visitor }) => {
  await visitor.signIn()
  for (const name of ["next", "callbackUrl", "returnTo", "redirect", "url"])
    for (const value of ["//evil.example", "https://evil.example", "/profile", "javascript:alert(1)"]) {
      const answer = await visitor.send(`${ROUTE}?${name}=${encodeURIComponent(value)}`, { method: "POST" })
      expect(answer.status).toBe(200)
      expect(answer.headers.location).toBeUndefined()
      expect(answer.text).not.toContain("evil")
    }
})

test("G13 five tabs that wake after three hours refresh once, and the person stays signed in", async ({
  page,
  context,
  emulator,
  database,
}) => {
  await context.clock.install()
  await signInFrom(page, "/profile")
  const tabs = [page, ...(await Promise.all(Array.from({ length: 4 }, () => context.newPage())))]
  await Promise.all(tabs.slice(1).map((tab) => tab.goto("/sessions")))
  await age(database, -3_600)
  await emulator.control.advanceClock("3h")
  await emulator.control.changeConfig({ latency_ms: 200, refresh_grace_seconds: 0 })
  await Promise.all(tabs.map((tab) => tab.clock.fastForward("03:00:00")))
  await Promise.all(
    tabs.map((tab) => tab.evaluate(() => document.dispatchEvent(new Event("visibilitychange")))),
  )
  await expect.poll(async () => refreshStatuses(emulator)).toEqual([200])
  await Promise.all(tabs.map((tab) => tab.reload()))
  for (const tab of tabs)
    await expectPage(tab.getByRole("button", { name: "Sign out" }).first()).toBeVisible()
  expect(await refreshStatuses(emulator)).toEqual([200])
})
