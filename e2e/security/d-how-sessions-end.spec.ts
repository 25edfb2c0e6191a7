import { refreshRequests, signInFrom } from "../person"
import { send } from "./http"
import { startShiftedApp } from "./shifted-app"
import { expect, test } from "./suite"
import { cookieHeader, readSetCookie, Visitor } from "./visitor"

const SESSION = "authjs.session-token"

test("D5 after signing out, a copy of the cookie opens nothing", async ({ visitor, database }) => {
  await visitor.signIn()
  const copy = visitor.copy()
  expect((await copy.send("/profile")).status).toBe(200)
  await visitor.signOut()
  for (const path of ["/profile", "/integrations/bitbucket", "/sessions", "/activity"])
    expect((await copy.send(path)).status, path).toBe(307)
  expect((await copy.send("/api/auth/session")).text).toBe("null")
  expect((await copy.send("/api/token/refresh", { method: "POST" })).status).toBe(401)
  expect((await database.query("select 1 from session")).rowCount).toBe(0)
})

test("D6 a slow page that answers after signing out does not sign the person back in", async ({
  visitor,
  emulator,
  database,
}) => {
  await visitor.signIn()
  await database.query(
    "update connection set profile_read_at = now() - interval '1 hour', profile_asked_at = null, expires_at = now() - interval '1 second'",
  )
  await emulator.control.addFault({ match: { grant_type: "refresh_token" }, kind: "delay", delay_ms: 1_500 })
  const slow = visitor.copy()
  const answer = slow.send("/profile")
  await expect.poll(async () => (await refreshRequests(emulator)).length).toBeGreaterThan(0)
  await visitor.signOut()
  const late = await answer
  expect(late.setCookies).toEqual([])
  // The signed-out browser stores whatever the late response sets.
  for (const { name, value } of late.setCookies.map(readSetCookie)) visitor.cookies.set(name, value)
  expect((await visitor.send("/profile")).status).toBe(307)
  expect((await slow.send("/profile")).status, "with the old cookie").toBe(307)
  expect((await database.query("select 1 from connection")).rowCount, "nothing is stored again").toBe(0)
})

test("D7 signing out clears the cookie with the attributes it was set with, deletes the session, and keeps tokens that others use", async ({
  visitor,
  stranger,
  database,
}) => {
  const setBy = (await visitor.signIn()).setCookies.map(readSetCookie).find(({ name }) => name === SESSION)
  await stranger.signIn()
  const clearedBy = (await visitor.signOut()).setCookies
    .map(readSetCookie)
    .find(({ name }) => name === SESSION)
  const scope = (attributes: string[] = []) => attributes.filter((text) => !/^(expires|max-age)/.test(text))
  expect(scope(clearedBy?.attributes)).toEqual(scope(setBy?.attributes))
  expect(clearedBy).toMatchObject({ value: "", attributes: expect.arrayContaining(["max-age=0"]) })
  expect([...visitor.cookies.keys()].filter((name) => name.includes("session"))).toEqual([])
  expect((await database.query("select 1 from session")).rowCount).toBe(1)
  expect((await database.query("select 1 from connection")).rowCount).toBe(1)
  expect((await stranger.send("/profile")).status).toBe(200)
})

test("D7b another site signs no one out, with the form of Auth.js or with an action", async ({
  visitor,
  appUrl,
}) => {
  await visitor.signIn()
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" }
  await visitor.send("/api/auth/signout", { headers: foreign })
  await visitor.post("/api/auth/signout", {}, foreign)
  await visitor.post("/api/auth/signout", { csrfToken: "wrong" }, foreign)
  const page = await visitor.send("/profile")
  const actions = [...page.text.matchAll(/name="(\$ACTION_ID_\w+)"/g)].map(([, name = ""]) => name)
  expect(actions.length).toBeGreaterThan(0)
  for (const action of actions) {
    const answer = await visitor.submit("/profile", { [action]: "" }, "https://evil.example")
    expect(answer.setCookies).toEqual([])
    expect(answer.headers.location).toBeUndefined()
  }
  expect((await visitor.send("/profile")).text).toContain("Demo Person")
  expect(appUrl).toContain("localhost")
})

test("D8a a session that went unused for a week has ended", async ({ visitor, database }) => {
  await visitor.signIn()
  const { rows } = await database.query(
    "select expires_at - last_seen_at = interval '7 days' as idle, created_at = last_seen_at as fresh from session",
  )
  expect(rows).toEqual([{ idle: true, fresh: true }])
  await database.query("update session set expires_at = now() - interval '1 second'")
  expect((await visitor.send("/profile")).status).toBe(307)
  expect((await visitor.send("/api/token/refresh", { method: "POST" })).status).toBe(401)
})

test("D8b a session in constant use ends after thirty days", async ({ visitor, database }) => {
  await visitor.signIn()
  const usedOften = async () => {
    await database.query("update session set last_seen_at = now() - interval '6 minutes'")
    return (await visitor.send("/profile")).status
  }
  const capped = async () =>
    (await database.query("select expires_at = created_at + interval '30 days' as capped from session"))
      .rows[0]?.capped
  await database.query("update session set created_at = now() - interval '29 days 23 hours'")
  expect(await usedOften()).toBe(200)
  await expect.poll(capped).toBe(true)
  await database.query(
    "update session set created_at = created_at - interval '2 hours', expires_at = expires_at - interval '2 hours'",
  )
  expect(await usedOften()).toBe(307)
})

for (const [days, status] of [
  [29, 200],
  [31, 307],
] as const)
  test(`D8c the cookie itself ${status === 200 ? "is good" : "has expired"} after ${days} days, whatever the database says`, async ({
    visitor,
    environment,
    database,
  }) => {
    await visitor.signIn()
    await database.query("update session set expires_at = now() + interval '400 days'")
    await using later = await startShiftedApp(environment, days * 86_400)
    const answer = await send(later.url, "/profile", { headers: { cookie: cookieHeader(visitor.cookies) } })
    expect(answer.status).toBe(status)
  })

test("D9 signing out ends one browser's session, ending the others ends exactly those", async ({
  page,
  emulator,
  appUrl,
  database,
}) => {
  await emulator.control.changeConfig({ remember_allow: false })
  const people = Array.from({ length: 3 }, () => new Visitor({ appUrl, emulator }))
  const [first, second, zoe] = people as [Visitor, Visitor, Visitor]
  await first.signIn("demo")
  await second.signIn("demo")
  await zoe.signIn("zoe")
  await signInFrom(page, "/sessions")
  const statuses = () => Promise.all(people.map(async (person) => (await person.send("/profile")).status))

  await first.signOut()
  expect(await statuses()).toEqual([307, 200, 200])
  await page.reload()
  await page.getByRole("button", { name: "Sign out everywhere else" }).click()
  await expect(page.getByText("Signed out of one browser.")).toBeVisible()
  expect(await statuses()).toEqual([307, 307, 200])
  await page.goto("/profile")
  await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
  expect((await database.query("select 1 from session")).rowCount).toBe(2)
})

test("D17 no link, page of another site or stranger can download a person's data", async ({
  visitor,
  appUrl,
  database,
}) => {
  await visitor.signIn()
  const cookie = cookieHeader(visitor.cookies)
  const ask = (method: string, headers: Record<string, string> = {}) =>
    send(appUrl, "/api/personal-data", { method, headers })
  expect((await ask("GET", { cookie })).status).toBe(405)
  expect((await ask("POST", { cookie, origin: "https://evil.example" })).status).toBe(403)
  expect((await ask("POST", { cookie, "sec-fetch-site": "cross-site" })).status).toBe(403)
  expect(await ask("POST", { origin: appUrl })).toMatchObject({
    status: 401,
    text: '{"error":"reauthorization_required"}',
  })
  const { rows } = await database.query("select kind from activity")
  expect(rows).toEqual([{ kind: "signed_in" }])
  expect((await ask("POST", { cookie, origin: appUrl })).headers).toMatchObject({
    "cache-control": expect.stringContaining("no-store"),
    "content-disposition": 'attachment; filename="my-data.json"',
  })
})
