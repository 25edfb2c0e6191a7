import type { Pool } from "pg"
import { flowId } from "../../lib/sign-in/flow-cookie"
import { startOwnApp } from "../own-app"
import { clientFor, seedFor } from "../seeds"
import { readForm, sendForm } from "./forms"
import { inBatches, send } from "./http"
import { expect, test } from "./suite"
import { Visitor } from "./visitor"
import { startAppWithoutMiddleware } from "./without-middleware"

/** The sessions of an account that signed in this often before there was a limit. */
async function addSessions(database: Pool, displayName: string, count: number): Promise<void> {
  await database.query(
    `insert into session (id_hash, connection_id, user_agent, created_at, last_seen_at, expires_at)
     select 'old-' || id || n, id, 'Old browser', now() - interval '1 hour', now() - n * interval '1 second', now() + interval '1 day'
     from connection, generate_series(1, $2) as n where profile->'account'->>'displayName' = $1`,
    [displayName, count],
  )
}

async function timeOf(visitor: Visitor, path: string): Promise<number> {
  const startedAt = performance.now()
  expect((await visitor.send(path)).status).toBe(200)
  return performance.now() - startedAt
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const browsersIn = (page: string) => page.slice(page.indexOf("<main")).match(/<li/g)?.length ?? 0

test("J15 with 5,000 sessions the list of browsers takes less than three times as long as with one", async ({
  database,
  emulator,
  appUrl,
}) => {
  await emulator.control.reset(seedFor(appUrl, ["many", "single"]))
  const [many, single] = [new Visitor({ appUrl, emulator }), new Visitor({ appUrl, emulator })]
  await many.signIn("many")
  await single.signIn("single")
  await addSessions(database, "Many Person", 4_999)
  const times: { many: number[]; single: number[] } = { many: [], single: [] }
  for (let round = 0; round < 25; round++) {
    times.single.push(await timeOf(single, "/sessions"))
    times.many.push(await timeOf(many, "/sessions"))
  }
  const inWords = (of: number[]) =>
    `slowest ${Math.max(...of).toFixed(0)} ms, median ${median(of).toFixed(0)} ms`
  process.stdout.write(`/sessions of 5,000: ${inWords(times.many)}; of one: ${inWords(times.single)}\n`)
  // The median, since one busy moment of the machine may hit either; the slowest are printed too.
  expect(median(times.many)).toBeLessThan(3 * median(times.single))
  expect(browsersIn((await many.send("/sessions")).text), "on a page").toBe(25)
})

test("J15 an account that signs in more than fifty times stays signed in with the last fifty browsers, on two pages", async ({
  visitor,
  database,
  emulator,
  appUrl,
}) => {
  await visitor.signIn()
  await addSessions(database, "Demo Person", 4_999)
  const newest = new Visitor({ appUrl, emulator })
  await newest.signIn()
  expect((await database.query("select 1 from session")).rowCount).toBe(50)
  expect((await visitor.send("/profile")).status, "seen a moment ago").toBe(200)

  const first = (await newest.send("/sessions")).text
  expect(first).toContain("This browser")
  expect(first).toContain('href="/sessions?page=2"')
  const second = (await newest.send("/sessions?page=2")).text
  expect(browsersIn(first) + browsersIn(second)).toBe(50)
  expect(second).toContain('href="/sessions"')
  expect(second).not.toContain("page=3")
  for (const page of ["3", "9999", "99999999", "-1", "0", "1.5", "x", "2&page=3"]) {
    const { status, headers } = await newest.send(`/sessions?page=${page}`)
    expect([200, 307], page).toContain(status)
    if (status === 307) expect(headers.location, page).toBe("/sessions")
  }
})

test("J16 one page view makes at most six requests to Bitbucket, whatever its URL says", async ({
  environment,
  emulator,
  database,
}) => {
  const scopes = ["account", "email", "repository"] as const
  await using app = await startOwnApp({ ...environment, BITBUCKET_SCOPES: scopes.join(" ") })
  await emulator.control.reset({
    ...seedFor(app.url),
    clients: [clientFor(app.url, { scopes: [...scopes] })],
    workspaces: [{ slug: "vast", members: { demo: "owner" }, repositories: { generate: 2_500 } }],
  })
  const visitor = new Visitor({ appUrl: app.url, emulator })
  await visitor.signIn()
  const most = new Map<string, number>()
  for (const path of ["/workspaces/vast", "/workspaces", "/integrations/bitbucket", "/profile"])
    for (const query of [
      "",
      "page=80",
      "page=80",
      "page=9999",
      "page=80&sort=oldest",
      "page=79&q=a",
      "page=2",
    ]) {
      // So that a view also refreshes the access token and reads the profile again.
      await database.query(
        "update connection set expires_at = now(), profile_read_at = now() - interval '1 hour', profile_asked_at = null",
      )
      await emulator.control.clearRequests()
      expect((await visitor.send(`${path}?${query}`)).status).toBe(200)
      const calls = (await emulator.control.listRequests()).length
      most.set(path, Math.max(most.get(path) ?? 0, calls))
    }
  test.info().annotations.push({ type: "values", description: JSON.stringify([...most]) })
  for (const [path, calls] of most) expect(calls, path).toBeLessThanOrEqual(6)
  expect(most.get("/workspaces/vast"), "the vast one is read at all").toBeGreaterThanOrEqual(4)
})

/** Each test has its own address, from the block for documentation (RFC 5737). */
const from = (address: string) => ({ "x-forwarded-for": address })

const isRefused = (answer: { status: number; headers: Record<string, string> }) =>
  answer.status === 429 || Boolean(answer.headers.location?.includes("/api/refused/429"))

test("J17 every limit applies without the middleware: routes, pages, actions, and reads from Bitbucket", async ({
  environment,
  emulator,
}) => {
  test.slow()
  const most = 5
  const limits = { RATE_LIMIT_PER_ADDRESS: String(most), RATE_LIMIT_PER_ACCOUNT: String(most) }
  await using app = await startAppWithoutMiddleware({ ...environment, ...limits })
  await emulator.control.reset(seedFor(app.url, ["flooder", "neighbour"]))
  const visitor = new Visitor({ appUrl: app.url, emulator })
  await visitor.signIn("flooder")

  const refusedOf = async (path: string, times: number, address: string, method = "GET") => {
    const question = { method, headers: { ...from(address), accept: "text/html" } }
    const answers = await inBatches(Array(times).fill(path), () => send(app.url, path, question))
    return answers.filter(isRefused).length
  }
  // When the database is too slow to count, a server counts as many again by itself.
  const expectShared = (refused: number, what: string) => {
    expect(refused, what).toBeGreaterThanOrEqual(most)
    expect(refused, what).toBeLessThanOrEqual(2 * most)
  }
  expectShared(await refusedOf("/oauth/bitbucket/authorize", 3 * most, "203.0.113.41"), "starts")
  expect(
    await refusedOf("/api/auth/callback/bitbucket?code=c&state=s", most + 3, "203.0.113.42"),
    "callbacks",
  ).toBe(3)
  const frequent = 10 * most
  expect(await refusedOf("/api/auth/session", frequent + 8, "203.0.113.43"), "reads of the session").toBe(8)
  expect(await refusedOf("/api/health", frequent + 8, "203.0.113.44"), "health").toBe(8)
  for (const [index, page] of ["/", "/signin", "/disconnected", "/auth/error?error=access_denied"].entries())
    expect(await refusedOf(page, frequent + 8, `203.0.113.${50 + index}`), page).toBe(8)
  expect(await refusedOf("/", 1, "203.0.113.60"), "another person's address").toBe(0)

  const path = "/integrations/bitbucket"
  const form = await readForm(visitor, path, "Renew access now")
  const presses = await inBatches(Array(3 * most).fill(form), () => sendForm(visitor, path, form))
  expectShared(presses.filter(isRefused).length, "actions")
  const origin = { origin: app.url }
  const refreshes = await inBatches(Array(3 * most).fill(0), () =>
    visitor.send("/api/token/refresh", { method: "POST", headers: origin }),
  )
  expectShared(refreshes.filter(isRefused).length, "refreshes")

  await emulator.control.clearRequests()
  const views = await inBatches(Array(3 * most).fill("/workspaces"), (page) => visitor.send(page))
  expect(new Set(views.map(({ status }) => status)), "the page says why").toEqual(new Set([200]))
  expect(views.filter(({ text }) => text.includes("Too many requests.")).length).toBeGreaterThanOrEqual(
    2 * most,
  )
  const asked = (await emulator.control.listRequests()).filter(
    ({ path: at }) => at === "/2.0/user/workspaces",
  )
  expect(asked.length, "what Bitbucket was asked").toBeLessThanOrEqual(most)

  const neighbour = new Visitor({ appUrl: app.url, emulator })
  await neighbour.signIn("neighbour")
  expect((await neighbour.send("/workspaces")).text, "another account").not.toContain("Too many requests.")
})

test("J18 forged callbacks with made-up states and cookies write nothing to the database", async ({
  appUrl,
  database,
  visitor,
}) => {
  const { rows: tables } = await database.query(
    "select table_name from information_schema.tables where table_schema = current_schema()",
  )
  const countRows = async () => {
    const counts: Record<string, string> = {}
    for (const { table_name: name } of tables)
      counts[name] = (await database.query(`select count(*) from "${name}"`)).rows[0].count
    return counts
  }
  const start = await visitor.start()
  const state = start.searchParams.get("state") ?? ""
  const before = await countRows()
  expect(Object.keys(before)).toEqual(expect.arrayContaining(["spent_state", "rate_limit", "session"]))
  const states = [state, ...Array.from({ length: 40 }, (_, index) => `made-up-${index}`)]
  for (const [index, made] of states.entries()) {
    const name = `authjs.flow.${flowId(made)}`
    for (const value of [
      "",
      "junk",
      `${Date.now()}~a.b.c~d.e.f~/profile`,
      "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.a.b.c.d",
    ])
      for (const query of ["code=c", "error=access_denied"])
        await send(appUrl, `/api/auth/callback/bitbucket?${query}&state=${encodeURIComponent(made)}`, {
          headers: { cookie: `${name}=${value}`, ...from(`198.51.100.${index}`) },
        })
  }
  expect(await countRows()).toEqual(before)
  expect(
    (await visitor.send(await visitor.consent(start))).headers.location,
    "and use no one's limit up",
  ).toBe(`${appUrl}/profile`)
})
