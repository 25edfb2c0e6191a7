import type { Emulator } from "bitbucket-emulator"
import type { Pool } from "pg"
import { changeSeed, seedOfTeam } from "../../test/workspace-members"
import { startOwnApp } from "../own-app"
import { letMinutesPass } from "../passing-time"
import { timeOf } from "../usual-time"
import type { Answer } from "./http"
import { protectedPaths } from "./protected-pages"
import { expect, test } from "./suite"
import { failureOf, Visitor } from "./visitor"

// Of the default seed, so that the person who signs in after each test of the suite is also a member.
const TEAM = "emulated-works"
test.use({ appSettings: { ALLOWED_WORKSPACES: TEAM } })

type Sites = { appUrl: string; emulator: Emulator; database: Pool }

const setMembers = ({ appUrl, emulator }: Sites, members: string[]) =>
  changeSeed(emulator, seedOfTeam(["demo"], members, { callbackUrl: appUrl, slug: TEAM }))

/** Every URL that shows or changes a person's data. */
function addresses(): { path: string; method?: "POST" }[] {
  const pages = [...protectedPaths(), "/", "/signin", "/api/auth/session"].map((path) => ({ path }))
  return [...pages, { path: "/api/token/refresh", method: "POST" }]
}

const visit = (visitor: Visitor, { path, method }: { path: string; method?: "POST" }) =>
  visitor.send(path, method ? { method } : {})

/** Whether a response is one for a signed-in person. */
function isServed({ path }: { path: string }, { status, text }: Answer): boolean {
  if (path === "/api/auth/session") return text !== "null"
  return status === 200 && (path.startsWith("/api/") || text.includes("demo Person"))
}

const connections = async ({ database }: Sites) =>
  (await database.query("select count(*)::int as count from connection")).rows[0].count

const goDown = ({ emulator }: Sites) =>
  emulator.control.addFault({ match: {}, kind: "status", status: 503, times: null })

const questions = async ({ emulator }: Sites) =>
  (await emulator.control.listRequests()).filter(({ path }) => path.endsWith("/permission")).length

test("N1 after an hour every page refuses a member who left, even if it is the only page they visit", async ({
  appUrl,
  emulator,
  database,
}) => {
  test.slow()
  const sites = { appUrl, emulator, database }
  for (const address of addresses()) {
    await setMembers(sites, ["demo"])
    const visitor = new Visitor(sites)
    await visitor.signIn()
    expect(isServed(address, await visit(visitor, address)), `${address.path} at once`).toBe(true)
    await setMembers(sites, [])
    await letMinutesPass(sites, 61)
    expect(isServed(address, await visit(visitor, address)), `${address.path} after an hour`).toBe(false)
    expect(await connections(sites)).toBe(0)
  }
})

test("N1 the last page comes within an hour, however often they ask", async ({
  visitor,
  appUrl,
  emulator,
  database,
}) => {
  const sites = { appUrl, emulator, database }
  await setMembers(sites, ["demo"])
  await visitor.signIn()
  await letMinutesPass(sites, 50)
  await setMembers(sites, [])
  const served: number[] = []
  for (let minutes = 0; minutes <= 120; minutes += 10) {
    if (isServed({ path: "/sessions" }, await visitor.send("/sessions"))) served.push(minutes)
    await letMinutesPass(sites, 10)
  }
  expect(served).toEqual([0])
})

test("N1 the sign-in page tells people who lost access what happened", async ({
  page,
  appUrl,
  emulator,
  database,
}) => {
  const sites = { appUrl, emulator, database }
  await setMembers(sites, ["demo"])
  const visitor = new Visitor(sites)
  await visitor.signIn()
  await setMembers(sites, [])
  await letMinutesPass(sites, 61)
  const answer = await visitor.send("/profile")
  expect(answer.headers.location).toBe("/signin?next=%2Fprofile&reason=not_admitted")
  await page.goto(answer.headers.location ?? "")
  await expect(page.getByText("your account is no longer admitted here")).toBeVisible()
})

test("N2 an outage of 23 hours locks no one out, one of 25 hours lets no one in, and a minute later all are back", async ({
  visitor,
  appUrl,
  emulator,
  database,
}) => {
  test.slow()
  const sites = { appUrl, emulator, database }
  await setMembers(sites, ["demo"])
  await visitor.signIn()
  await goDown(sites)
  for (let hour = 1; hour <= 23; hour++) {
    await letMinutesPass(sites, 60)
    expect(isServed({ path: "/sessions" }, await visitor.send("/sessions")), `hour ${hour}`).toBe(true)
  }
  for (const address of addresses().filter(({ path }) => path !== "/api/token/refresh"))
    expect(isServed(address, await visit(visitor, address)), `${address.path} after 23 hours`).toBe(true)

  await letMinutesPass(sites, 120)
  for (const address of addresses()) {
    const answer = await visit(visitor, address)
    expect(isServed(address, answer), `${address.path} after 25 hours`).toBe(false)
    if (protectedPaths().includes(address.path))
      expect(answer.headers.location).toContain("/auth/error?error=membership_unverified&next=")
  }
  const page = await visitor.send("/auth/error?error=membership_unverified&next=/profile")
  expect(page.status).toBe(503)
  expect(page.text).toContain("Your membership could not be verified")
  expect(await connections(sites)).toBe(1)

  await emulator.control.clearFaults()
  await letMinutesPass(sites, 1)
  for (const address of addresses())
    expect(isServed(address, await visit(visitor, address)), `${address.path} afterwards`).toBe(true)
})

test.describe("with a page of status 503", () => {
  test.use({ expectedConsoleErrors: [/503/] })

  test("N2 a page that waits for Bitbucket continues by itself", async ({
    page,
    bitbucket,
    appUrl,
    emulator,
    database,
  }) => {
    const sites = { appUrl, emulator, database }
    await setMembers(sites, ["demo"])
    await page.goto("/oauth/bitbucket/authorize?next=/sessions")
    await bitbucket.signInAndAllow("demo")
    await goDown(sites)
    await letMinutesPass(sites, 25 * 60)
    await page.clock.install()
    await page.goto("/sessions")
    await expect(page.getByRole("heading", { name: "Your membership could not be verified" })).toBeVisible()
    await expect(page.getByText("this page continues automatically")).toBeVisible()
    await emulator.control.clearFaults()
    await letMinutesPass(sites, 1)
    await page.clock.fastForward(21_000)
    await expect(page).toHaveURL("/sessions")
  })
})

test("N2 people whose membership cannot be verified can still sign out", async ({
  visitor,
  appUrl,
  emulator,
  database,
}) => {
  const sites = { appUrl, emulator, database }
  await setMembers(sites, ["demo"])
  await visitor.signIn()
  await goDown(sites)
  await letMinutesPass(sites, 25 * 60)
  await visitor.signOut()
  expect((await database.query("select 1 from session")).rowCount).toBe(0)
})

for (const [how, rest] of [
  ["goes on at an address that is not followed", { next: "/2.0/user/workspaces?page=2" }],
  ["is shorter than Bitbucket counts", { size: 2 }],
] as const)
  test(`N3 a list that ${how} signs no one in and locks no one out`, async ({
    visitor,
    stranger,
    appUrl,
    emulator,
    database,
  }) => {
    const sites = { appUrl, emulator, database }
    await setMembers(sites, ["demo"])
    await visitor.signIn()
    const workspace = { uuid: "{11111111-1111-4111-8111-111111111111}", slug: "aaa" }
    const values = [{ type: "workspace_access", administrator: false, workspace }]
    await emulator.control.addFault({
      match: { path: "/2.0/user/workspaces" },
      kind: "status",
      status: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ values, pagelen: 1, page: 1, ...rest }),
      times: null,
    })
    await emulator.control.addFault({
      match: { path: "/2.0/user/workspaces/*" },
      kind: "status",
      status: 404,
      times: null,
    })
    expect(failureOf(await stranger.signIn())).toBe("membership_unverified")
    await letMinutesPass(sites, 61)
    expect((await visitor.send("/sessions")).status).toBe(200)
    await letMinutesPass(sites, 60)
    expect((await visitor.send("/profile")).status, "with a token that has been refreshed").toBe(200)
    expect(await connections(sites)).toBe(1)
  })

test("N4 a burst of requests to two servers asks Bitbucket once", async ({
  visitor,
  appUrl,
  emulator,
  database,
  environment,
}) => {
  const sites = { appUrl, emulator, database }
  await setMembers(sites, ["demo"])
  await visitor.signIn()
  await using other = await startOwnApp(environment)
  const elsewhere = new Visitor({ appUrl: other.url, emulator })
  for (const [name, value] of visitor.cookies) elsewhere.cookies.set(name, value)
  await letMinutesPass(sites, 61)
  await emulator.control.clearRequests()
  const paths = ["/sessions", "/activity", "/api/auth/session", "/"]
  const asked = [visitor, elsewhere].flatMap((one) =>
    [...paths, ...paths, ...paths].map((path) => one.send(path)),
  )
  for (const { status } of await Promise.all(asked)) expect(status).toBe(200)
  expect(await questions(sites)).toBe(1)
})

test("N4 a silent Bitbucket delays one page by five seconds, and does not delay the next", async ({
  visitor,
  appUrl,
  emulator,
  database,
}) => {
  const sites = { appUrl, emulator, database }
  await setMembers(sites, ["demo"])
  await visitor.signIn()
  await letMinutesPass(sites, 61)
  const usual = await timeOf(() => visitor.send("/"))
  await emulator.control.addFault({ match: { origin: "api" }, kind: "hang", times: null })
  const startedAt = performance.now()
  expect((await visitor.send("/sessions")).status).toBe(200)
  expect(performance.now() - startedAt).toBeLessThan(5_500 + 10 * usual)
  await emulator.control.clearRequests()
  expect((await visitor.send("/sessions")).status).toBe(200)
  expect(await emulator.control.listRequests()).toEqual([])
})

test("N5 an address that is no longer confirmed ends access within the hour", async ({
  emulator,
  database,
  environment,
}) => {
  const { ALLOWED_WORKSPACES: _, ...open } = environment
  await using app = await startOwnApp({ ...open, REQUIRE_CONFIRMED_EMAIL: "on" })
  const sites = { appUrl: app.url, emulator, database }
  const seedWith = (isConfirmed: boolean) =>
    seedOfTeam(["demo"], [], { callbackUrl: app.url, slug: TEAM, isConfirmed })
  await emulator.control.reset(seedWith(true))
  const visitor = new Visitor(sites)
  await visitor.signIn()
  await letMinutesPass(sites, 61)
  expect((await visitor.send("/sessions")).status).toBe(200)
  await changeSeed(emulator, seedWith(false))
  await letMinutesPass(sites, 59)
  expect((await visitor.send("/sessions")).status).toBe(200)
  await letMinutesPass(sites, 2)
  expect((await visitor.send("/api/auth/session")).text).toBe("null")
  expect(await connections(sites)).toBe(0)
})

test("N6 when a grant has ended and its token has expired, the person is signed out", async ({
  visitor,
  page,
  appUrl,
  emulator,
  database,
}) => {
  const sites = { appUrl, emulator, database }
  await setMembers(sites, ["demo"])
  await visitor.signIn()
  await database.query("update connection set status = 'dead', last_failure = 'dead_grant'")
  expect((await visitor.send("/sessions")).status, "while the token lives").toBe(200)
  await letMinutesPass(sites, 121)
  for (const address of addresses())
    expect(isServed(address, await visit(visitor, address)), address.path).toBe(false)
  for (const path of protectedPaths()) {
    const { headers } = await visitor.send(path)
    expect(headers.location).toBe(`/signin?next=${encodeURIComponent(path)}&reason=reauthorization`)
  }
  await page.goto("/signin?next=%2Fsessions&reason=reauthorization")
  await expect(page.getByText("Your connection to Bitbucket has ended.")).toBeVisible()
})

for (const [status, reason] of [
  [403, "forbidden"],
  [404, "not_found"],
  [410, "endpoint_removed"],
  [503, "unavailable"],
] as const)
  test(`N7 a ${status} instead of a list is in the log and in the metrics`, async ({
    visitor,
    appUrl,
    emulator,
    database,
    environment,
    appLog,
  }) => {
    const sites = { appUrl, emulator, database }
    await setMembers(sites, ["demo"])
    await visitor.signIn()
    await emulator.control.addFault({
      match: { path: "/2.0/user/workspaces*" },
      kind: "status",
      status,
      times: null,
    })
    await letMinutesPass(sites, 61)
    expect((await visitor.send("/sessions")).status).toBe(200)
    await expect
      .poll(() => appLog().split("\n"))
      .toContainEqual(expect.stringMatching(`"event":"admission_check_failed".*"reason":"${reason}"`))
    const authorization = `Bearer ${environment.METRICS_SECRET}`
    const metrics = await visitor.send("/api/metrics", { headers: { authorization } })
    expect(metrics.text).toContain(`bitbucket_admissions_failing{reason="${reason}"} 1`)
  })
