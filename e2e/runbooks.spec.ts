import { randomBytes } from "node:crypto"
import { readFile } from "node:fs/promises"
import { freePort, type ServerProcess } from "../scripts/server-process"
import { runCommand } from "../test/run-command"
import { createDatabase, startApp } from "./app-server"
import { expect, test } from "./fixtures"
import { letMinutesPass } from "./passing-time"
import { refreshRequests, signIn, signInFrom, withCookiesOf } from "./person"

type Environment = Record<string, string>

const refused = {
  kind: "status",
  status: 400,
  headers: { "content-type": "application/json" },
  body: '{"error_description": "Invalid OAuth client credentials", "error": "unauthorized_client"}',
} as const

const expire = "update connection set expires_at = now() - interval '1 second', retry_at = null"

/** The same deployment after a change of its environment, on its own port; cookies ignore ports. */
async function restarted<Result>(
  environment: Environment,
  changes: Environment,
  use: (url: string, app: ServerProcess) => Promise<Result>,
): Promise<Result> {
  const port = String(await freePort())
  const url = `http://localhost:${port}`
  const app = await startApp({ ...environment, ...changes, PORT: port, AUTH_URL: url }, url)
  try {
    return await use(url, app)
  } finally {
    await app.stop()
  }
}

test("every runbook has a test here", async () => {
  const [runbooks, self] = await Promise.all([
    readFile("docs/operations/runbooks.md", "utf8"),
    readFile("e2e/runbooks.spec.ts", "utf8"),
  ])
  const titles = [...runbooks.matchAll(/^## (.+)$/gm)].map(([, title]) => title)
  expect(titles.length).toBeGreaterThanOrEqual(5)
  for (const title of titles) expect(self).toContain(`test("${title}: `)
})

test("Bitbucket is down: people stay signed in, health stays green, and the app recovers by itself", async ({
  request,
  emulator,
  database,
  appUrl,
  environment,
}) => {
  await signIn(request, "/profile")
  const client = await withCookiesOf(request, appUrl)
  const outage = await emulator.control.addFault({ kind: "status", status: 503, times: null })
  await database.query(expire)
  expect((await client.get("/profile")).status()).toBe(200)
  expect((await client.get("/api/health")).status()).toBe(200)
  const during = await runCommand("ops", ["connections", "--json"], environment)
  expect(JSON.parse(during.stdout).connections).toMatchObject([
    { state: "waiting", lastFailure: expect.any(String) },
  ])

  await emulator.control.removeFault(outage.id)
  await database.query("update connection set retry_at = null")
  expect((await client.get("/profile")).status()).toBe(200)
  const after = await runCommand("ops", ["connections", "--json"], environment)
  expect(JSON.parse(after.stdout).connections).toMatchObject([{ state: "connected", failures: 0 }])
})

test("Bitbucket refuses the client: the metric rises, health stays green, no one is signed out, a correct client is enough", async ({
  request,
  emulator,
  database,
  appUrl,
  environment,
}) => {
  await signIn(request, "/profile")
  const client = await withCookiesOf(request, appUrl)
  await emulator.control.addFault({ match: { grant_type: "refresh_token" }, ...refused, times: 1 })
  await database.query(expire)
  expect((await client.get("/profile")).status()).toBe(200)
  expect((await client.get("/api/health")).status()).toBe(200)
  const headers = { authorization: `Bearer ${environment.METRICS_SECRET}` }
  const metrics = await (await client.get("/api/metrics", { headers })).text()
  expect(metrics).toContain('bitbucket_connections_failing{reason="operator_fault"} 1')

  const wrong = { ...environment, AUTH_BITBUCKET_SECRET: randomBytes(16).toString("hex") }
  expect((await runCommand("doctor", [], wrong)).exitCode).toBe(1)
  expect((await runCommand("doctor", [], environment)).exitCode).toBe(0)
  await database.query("update connection set retry_at = null")
  expect((await runCommand("ops", ["refresh", "demo"], environment)).stdout).toMatch(/^Refreshed/)
  expect((await database.query("select 1 from session")).rowCount).toBe(1)
})

test("Membership cannot be verified: the metric rises, a longer grace period gains time, and an answer ends it", async ({
  request,
  emulator,
  database,
  appUrl,
  environment,
}) => {
  await signIn(request, "/profile")
  const client = await withCookiesOf(request, appUrl)
  const headers = { authorization: `Bearer ${environment.METRICS_SECRET}` }
  const restricted = { ALLOWED_WORKSPACES: "emulated-works" }
  await emulator.control.addFault({
    match: { path: "/2.0/user/workspaces*" },
    kind: "status",
    status: 410,
    times: null,
  })
  await letMinutesPass({ emulator, database }, 25 * 60)
  await restarted(environment, restricted, async (url) => {
    const refusal = await client.get(`${url}/profile`)
    expect(refusal.headers().location).toContain("error=membership_unverified")
    const metrics = await (await client.get(`${url}/api/metrics`, { headers })).text()
    expect(metrics).toContain('bitbucket_admissions_failing{reason="endpoint_removed"} 1')
  })
  await restarted(environment, { ...restricted, ADMISSION_GRACE_HOURS: "72" }, async (url) => {
    expect((await client.get(`${url}/profile`)).status()).toBe(200)
    await emulator.control.clearFaults()
    await letMinutesPass({ emulator, database }, 1)
    expect((await client.get(`${url}/profile`)).status()).toBe(200)
    const metrics = await (await client.get(`${url}/api/metrics`, { headers })).text()
    expect(metrics).toContain('bitbucket_admissions_failing{reason="endpoint_removed"} 0')
  })
})

test("The OAuth client's secret leaked: an operator can disconnect all users, and they sign in again", async ({
  page,
  database,
  environment,
}) => {
  await signInFrom(page, "/profile")
  const done = await runCommand("ops", ["disconnect", "--all", "--yes"], environment)
  expect(done).toMatchObject({ exitCode: 0, stdout: "Disconnected: 1. Browsers signed out: 1.\n" })
  expect((await database.query("select 1 from connection")).rowCount).toBe(0)
  await page.goto("/profile")
  await expect(page).toHaveURL(/\/signin\?/)
})

test("AUTH_SECRET leaked: with only a new one, no old cookie and no old token opens", async ({
  request,
  environment,
  storedTokens,
}) => {
  await signIn(request, "/profile")
  expect(await storedTokens()).toHaveLength(2)
  const changes = { AUTH_SECRET: randomBytes(32).toString("base64url") }
  await restarted(environment, changes, async (url) => {
    const client = await withCookiesOf(request, url)
    expect((await client.get("/profile")).status()).toBe(307)
  })
  const refresh = await runCommand("ops", ["refresh", "demo", "--json"], { ...environment, ...changes })
  expect(JSON.parse(refresh.stdout)).toEqual({ outcome: "unreadable" })
  const done = await runCommand("ops", ["disconnect", "--all", "--yes"], { ...environment, ...changes })
  expect(done.exitCode).toBe(0)
})

test("Key rotation: people stay signed in, and afterwards the old secret is not needed", async ({
  request,
  environment,
}) => {
  await signIn(request, "/profile")
  const { AUTH_SECRET = "" } = environment
  const changes = { AUTH_SECRET: randomBytes(32).toString("base64url"), AUTH_SECRET_PREVIOUS: AUTH_SECRET }
  const prepared = { AUTH_SECRET_PREVIOUS: changes.AUTH_SECRET }
  await restarted(environment, prepared, async (url) => {
    const client = await withCookiesOf(request, url)
    expect((await client.get("/profile")).status()).toBe(200)
  })
  await restarted(environment, changes, async (url) => {
    const client = await withCookiesOf(request, url)
    expect((await client.get("/profile")).status()).toBe(200)
  })
  expect((await runCommand("ops", ["reseal"], { ...environment, ...changes })).exitCode).toBe(0)
  const alone = { ...environment, AUTH_SECRET: changes.AUTH_SECRET }
  expect((await runCommand("ops", ["refresh", "demo"], alone)).stdout).toMatch(/^Refreshed/)
})

test("Database lost: an empty one gets its schema, and people sign in again", async ({
  page,
  environment,
  request,
}) => {
  await signInFrom(page, "/profile")
  const lost = "postgres://app@127.0.0.1:1/app"
  await restarted({ ...environment }, { DATABASE_URL: await createDatabase("runbook_new") }, async (url) => {
    expect((await request.get(`${url}/api/health`)).status()).toBe(200)
    const client = await withCookiesOf(page, url)
    expect((await client.get("/profile")).status(), "an empty database has no sessions").toBe(307)
  })
  const migration = await runCommand("db:migrate", [], { ...environment, DATABASE_URL: lost })
  expect(migration).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("Nothing listens at the host and port of DATABASE_URL"),
  })
  expect((await runCommand("db:migrate", [], environment)).exitCode).toBe(0)
})

test("Refresh storm: however many tokens expire at once, each is refreshed once", async ({
  request,
  emulator,
  database,
  appUrl,
  environment,
}) => {
  await signIn(request, "/profile")
  const client = await withCookiesOf(request, appUrl)
  await emulator.control.clearRequests()
  await database.query(expire)
  await Promise.all(Array.from({ length: 20 }, () => client.get("/profile")))
  const refreshes = await refreshRequests(emulator)
  expect(refreshes).toHaveLength(1)
  const { stdout } = await runCommand("ops", ["connections", "--json"], environment)
  expect(JSON.parse(stdout).connections).toMatchObject([{ version: 2, state: "connected" }])
})

test("Keep-alive does not run: the metric shows it, and calling it by hand fixes it", async ({
  page,
  request,
  database,
  environment,
}) => {
  await signInFrom(page, "/profile")
  const idle = "now() - interval '61 days'"
  await database.query(`update connection set issued_at = ${idle}, expires_at = ${idle} + interval '2 hours'`)
  const age = async () => {
    const headers = { authorization: `Bearer ${environment.METRICS_SECRET}` }
    const text = await (await request.get("/api/metrics", { headers })).text()
    return Number(/^bitbucket_oldest_refresh_token_seconds (\d+)$/m.exec(text)?.[1])
  }
  expect(await age()).toBeGreaterThan(60 * 86_400)
  expect(
    (await request.get("/api/cron/keep-alive", { headers: { authorization: "Bearer another" } })).status(),
  ).toBe(401)
  const headers = { authorization: `Bearer ${environment.CRON_SECRET}` }
  expect(await (await request.get("/api/cron/keep-alive", { headers })).json()).toMatchObject({
    refreshed: 1,
  })
  expect(await age()).toBeLessThan(60)
})

test("One user is stuck: an operator sees why, and can let them start again", async ({
  page,
  bitbucket,
  emulator,
  database,
  environment,
}) => {
  await signInFrom(page, "/profile")
  await emulator.control.revokeGrants("demo")
  await database.query(expire)
  await page.goto("/profile")
  const shown = await runCommand("ops", ["connections", "demo", "--json"], environment)
  expect(JSON.parse(shown.stdout)).toMatchObject({ state: "ended", lastFailure: "revoked_or_reused" })
  expect((await runCommand("ops", ["disconnect", "demo", "--yes"], environment)).exitCode).toBe(0)
  await page.goto("/oauth/bitbucket/authorize?next=/profile")
  await bitbucket.allow()
  await expect(page.getByRole("heading", { name: "Demo Person" })).toBeVisible()
})
