import { type Emulator, startEmulator } from "bitbucket-emulator"
import { eq } from "drizzle-orm"
import { expect, onTestFinished, test } from "vitest"
import { activity, connection, session } from "@/lib/db/schema"
import { client, obtainGrant } from "@/test/bitbucket-grant"
import { accountUuid, connect, secrets } from "@/test/connection-server"
import { createTestDatabase } from "@/test/database"
import { runCommand } from "@/test/run-command"

/** A connected person, and a way to run an operator's command on the database. */
async function setUp() {
  const emulator: Emulator = await startEmulator({ port: 0, callbackUrl: "http://localhost:3000" })
  onTestFinished(() => emulator.close())
  const { db, url } = await createTestDatabase()
  const id = await connect(db, await obtainGrant(emulator.siteUrl, "demo"))
  await db.insert(session).values({ idHash: "x", connectionId: id, expiresAt: new Date(Date.now() + 60_000) })
  const environment = {
    AUTH_SECRET: secrets[0],
    AUTH_BITBUCKET_ID: client.id,
    AUTH_BITBUCKET_SECRET: client.secret,
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
    DATABASE_URL: url,
  }
  return { db, emulator, id, run: (command: string, ...args: string[]) => run(environment, command, args) }
}

function run(environment: Record<string, string>, command: string, args: string[]) {
  return runCommand("ops", [command, ...args], {
    NODE_ENV: "production",
    AUTH_URL: "http://localhost:3000",
    ...environment,
  })
}

test("`connections` lists the connections, and shows one by name", async () => {
  const { run } = await setUp()
  const list = await run("connections")
  expect(list).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/^Database: 127\.0\.0\.1:\d+\/test_\w+\n$/),
  })
  expect(list.stdout).toContain(`${accountUuid}  connected`)
  expect(list.stdout).toContain("1 connection\n")

  const asJson = JSON.parse((await run("connections", "--json")).stdout)
  expect(asJson).toMatchObject({
    total: 1,
    connections: [{ accountUuid, state: "connected", signedInBrowsers: 1 }],
  })
  const one = await run("connections", accountUuid, "--json")
  expect(JSON.parse(one.stdout)).toEqual(asJson.connections[0])
})

test("`refresh` refreshes once at Bitbucket and says when the token expires", async () => {
  const { db, emulator, run } = await setUp()
  await emulator.control.clearRequests()
  const refreshed = await run("refresh", accountUuid, "--json")
  expect(refreshed.exitCode).toBe(0)
  expect(JSON.parse(refreshed.stdout)).toMatchObject({
    outcome: "refreshed",
    expiresAt: expect.stringMatching(/Z$/),
  })
  expect(await emulator.control.listRequests()).toMatchObject([{ grant_type: "refresh_token", status: 200 }])
  expect(await db.select({ version: connection.version }).from(connection)).toEqual([{ version: 2 }])

  await emulator.control.revokeGrants("demo")
  expect(await run("refresh", accountUuid)).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining("the person must sign in"),
  })
})

test("`disconnect` deletes tokens and sessions only with --yes, and records it", async () => {
  const { db, id, run } = await setUp()
  const asked = await run("disconnect", accountUuid)
  expect(asked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--yes") })
  expect(await db.select().from(connection).where(eq(connection.id, id))).toHaveLength(1)

  const done = await run("disconnect", "--all", "--yes", "--json")
  expect(done.exitCode).toBe(0)
  expect(JSON.parse(done.stdout)).toEqual({ disconnected: 1, signedOut: 1 })
  expect(await db.select().from(connection)).toEqual([])
  expect(await db.select().from(session)).toEqual([])
  expect(await db.select({ kind: activity.kind, detail: activity.detail }).from(activity)).toEqual([
    { kind: "disconnected", detail: "operator" },
  ])
})

test("an account whose row cannot be read is named in the list, and can be disconnected and erased", async () => {
  const { db, run } = await setUp()
  await db.update(connection).set({ profile: { secret: "value" } })
  const list = await run("connections")
  expect(list.exitCode).toBe(1)
  expect(list.stdout).toBe("1 connection\n")
  expect(list.stderr).toContain(`${accountUuid} cannot be shown: this version cannot read profile.account`)
  for (const command of ["connections", "refresh", "export"])
    expect(await run(command, accountUuid)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("This version cannot read profile.account in the account's row."),
    })
  expect(JSON.parse((await run("disconnect", accountUuid, "--yes", "--json")).stdout)).toEqual({
    disconnected: 1,
    signedOut: 1,
  })
  const erased = await run("erase", accountUuid, "--yes", "--json")
  expect(JSON.parse(erased.stdout)).toEqual({ connections: 0, sessions: 0, activity: 1, tokenUses: 0 })
})

test("`export` prints all data about one person, and their activity says that the operator did", async () => {
  const { db, run } = await setUp()
  const [row] = await db.select({ sealedTokens: connection.sealedTokens }).from(connection)
  const exported = await run("export", accountUuid.slice(1, -1))
  expect(exported.exitCode).toBe(0)
  expect(JSON.parse(exported.stdout)).toMatchObject({
    account: accountUuid,
    profile: { account: { uuid: accountUuid } },
    connection: { status: "active" },
    sessions: [{ userAgent: null }],
    activity: [{ kind: "data_exported", detail: "operator" }],
  })
  expect(exported.stdout).not.toContain(row?.sealedTokens ?? "")
  expect(await run("export", "unknown-name")).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: expect.stringContaining("The database holds nothing about this account."),
  })
})

test("`export` writes all of it, however slowly the reader of a pipe takes it", async () => {
  const { db, run } = await setUp()
  await db.insert(activity).values(Array.from({ length: 5_000 }, () => ({ accountUuid, kind: "signed_in" })))
  const { exitCode, stdout } = await run("export", accountUuid)
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout).activity).toHaveLength(5_001)
})

test("`erase` deletes all data about one person only with --yes, connected or not", async () => {
  const { db, run } = await setUp()
  await db.insert(activity).values({ accountUuid, kind: "signed_in" })
  expect(await run("erase", accountUuid)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("1 sessions and 1 entries of activity"),
  })
  expect(await db.$count(connection)).toBe(1)
  const erased = await run("erase", accountUuid, "--yes", "--json")
  expect(JSON.parse(erased.stdout)).toEqual({ connections: 1, sessions: 1, activity: 1, tokenUses: 0 })
  for (const table of [connection, session, activity]) expect(await db.$count(table)).toBe(0)

  await db.insert(activity).values({ accountUuid, kind: "disconnected" })
  expect((await run("erase", accountUuid, "--yes")).exitCode).toBe(0)
  expect(await db.$count(activity)).toBe(0)
  expect((await run("erase", accountUuid, "--yes")).exitCode).toBe(1)
})
