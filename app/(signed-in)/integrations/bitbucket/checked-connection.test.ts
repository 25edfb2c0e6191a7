import { connectionState } from "auth-bitbucket/connections"
import { type Emulator, startEmulator } from "bitbucket-emulator"
import { type SQL, sql } from "drizzle-orm"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import type { Connection } from "@/lib/accounts/connection"
import { connections } from "@/lib/accounts/connections"
import { db as appDatabase, type Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import { client, obtainGrant } from "@/test/bitbucket-grant"
import { connect } from "@/test/connection-server"
import { createTestDatabaseUrl } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { checkedConnection } from "./checked-connection"

let emulator: Emulator
let db: Database
let account: string

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
  stubEnvironment({
    AUTH_BITBUCKET_ID: client.id,
    AUTH_BITBUCKET_SECRET: client.secret,
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
    LOG_LEVEL: "silent",
    DATABASE_URL: await createTestDatabaseUrl(),
  })
  db = appDatabase()
})

beforeEach(async () => {
  await emulator.reset()
  await db.delete(connection)
  const grant = await obtainGrant(emulator.siteUrl, "demo")
  const { uuid } = await (
    await fetch(`${emulator.apiUrl}/2.0/user`, { headers: { authorization: `Bearer ${grant.accessToken}` } })
  ).json()
  account = uuid
  await connect(db, grant, uuid)
})

afterAll(() => emulator.close())

const change = (assignments: SQL) => db.execute(sql`update ${connection} set ${assignments}`)

async function read(): Promise<Connection> {
  const current = await connections().accounts.read(account)
  if (!current) throw new Error("The connection of this test is gone")
  return current
}

const stateAfterCheck = async () => connectionState(await checkedConnection(await read()))

test("a connection that works is connected", async () => {
  expect(await checkedConnection(await read())).toMatchObject({
    status: "active",
    profile: { account: { displayName: "Demo Person" } },
  })
})

test("a grant that turns out to be dead while its token is valid is ending, not connected", async () => {
  await change(sql`issued_at = now() - interval '117 minutes', expires_at = now() + interval '3 minutes'`)
  const refusal = { error: "invalid_grant", error_description: "Invalid refresh_token" }
  await emulator.control.addFault({
    match: { grant_type: "refresh_token" },
    kind: "status",
    status: 400,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(refusal),
  })
  expect(await stateAfterCheck()).toBe("ending")
})

test("a connection whose token Bitbucket refuses early, and does not replace, is waiting", async () => {
  await emulator.control.expireTokens("demo")
  await emulator.control.addFault({
    match: { grant_type: "refresh_token" },
    kind: "status",
    status: 503,
    times: null,
  })
  expect(await stateAfterCheck()).toBe("waiting")
})

test("a grant that is revoked has ended, by Bitbucket", async () => {
  await emulator.control.revokeGrants("demo")
  const checked = await checkedConnection(await read())
  expect(connectionState(checked)).toBe("ended")
  expect(checked.lastFailure).toBe("revoked_or_reused")
})

test("one that was deleted has ended", async () => {
  const known = await read()
  await connections().kept.disconnect(account)
  expect(connectionState(await checkedConnection(known))).toBe("ended")
})
