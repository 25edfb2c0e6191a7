import { freePort, startServer } from "../scripts/server-process"
import { startDatabaseProxy } from "../test/database-proxy"
import { expect, test } from "./fixtures"
import { startOwnApp } from "./own-app"
import { signIn, withCookiesOf } from "./person"

const statusOf = (url: string) =>
  fetch(`${url}/api/health`).then(
    ({ status }) => status,
    () => 0,
  )

const lastMigration = "name = (select max(name) from auth_bitbucket.migration)"

test("a client that Bitbucket refuses makes the log loud, takes no server out of service, and signs no one out", async ({
  request,
  emulator,
  database,
  appUrl,
  appLog,
}) => {
  await signIn(request, "/profile")
  const client = await withCookiesOf(request, appUrl)
  await emulator.control.addFault({
    match: { grant_type: "refresh_token" },
    kind: "status",
    status: 400,
    headers: { "content-type": "application/json" },
    body: '{"error_description": "Invalid OAuth client credentials", "error": "unauthorized_client"}',
  })
  await database.query("update connection set expires_at = now() - interval '1 second'")
  expect((await client.get("/profile")).status()).toBe(200)
  await expect.poll(appLog).toContain('"event":"oauth_client_refused"')
  await expect.poll(appLog).toContain('"level":50')
  const health = await client.get("/api/health")
  expect([health.status(), await health.json()]).toEqual([200, { status: "ok" }])
})

test("a server on a schema older than its own is not ready, and says so once", async ({
  environment,
  database,
}) => {
  await using app = await startOwnApp(environment)
  const { rows } = await database.query(
    `delete from auth_bitbucket.migration where ${lastMigration} returning name, applied_at`,
  )
  try {
    await expect.poll(() => statusOf(app.url)).toBe(503)
    const answer = await fetch(`${app.url}/api/health`)
    expect(await answer.json()).toEqual({ status: "unavailable" })
    for (let probe = 0; probe < 5; probe++) await statusOf(app.url)
  } finally {
    await database.query("insert into auth_bitbucket.migration (name, applied_at) values ($1, $2)", [
      rows[0].name,
      rows[0].applied_at,
    ])
  }
  await expect.poll(() => statusOf(app.url)).toBe(200)
  await expect.poll(app.log).toContain('"event":"ready"')
  expect(app.log().match(/"event":"not_ready"/g)).toHaveLength(1)
  expect(app.log()).toContain('"code":"schema_behind"')
})

test("a server stays ready after a later version has migrated, so rolling deployments and rollbacks work", async ({
  environment,
  database,
}) => {
  await database.query("insert into auth_bitbucket.migration (name) values ('9999_of_a_later_version')")
  try {
    await using app = await startOwnApp(environment)
    expect(await statusOf(app.url)).toBe(200)
  } finally {
    await database.query("delete from auth_bitbucket.migration where name = '9999_of_a_later_version'")
  }
})

test("a server that starts without its database says why in one line, is not ready, and migrates when the database is back", async ({
  environment,
}) => {
  const { pathname } = new URL(environment.DATABASE_URL ?? "")
  const gate = await startDatabaseProxy(environment.DATABASE_URL ?? "")
  await gate.shut()
  const PORT = String(await freePort())
  const url = `http://localhost:${PORT}`
  const app = startServer("The app", ["node_modules/next/dist/bin/next", "start"], {
    ...environment,
    PORT,
    AUTH_URL: url,
    DATABASE_URL: gate.through(environment.DATABASE_URL ?? ""),
    DATABASE_SCHEMA: `made_later_${pathname.slice(1)}`,
  })
  try {
    await expect.poll(() => statusOf(url)).toBe(503)
    await expect.poll(app.output).toContain('"event":"database_not_migrated"')
    expect(await statusOf(url)).toBe(503)
    await gate.open()
    await expect.poll(() => statusOf(url)).toBe(200)
    const lines = app.output().split("\n")
    const failures = lines.filter((line) => line.includes("database_not_migrated"))
    expect(failures).toHaveLength(1)
    expect(JSON.parse(failures[0] ?? "")).toMatchObject({
      code: "database_not_listening",
      reason:
        "Nothing listens at the host and port of DATABASE_URL (ECONNREFUSED); start the database there, or correct the address.",
    })
    expect(app.output()).toContain('"event":"database_migrated"')
  } finally {
    await app.stop()
    await gate.shut()
  }
})
