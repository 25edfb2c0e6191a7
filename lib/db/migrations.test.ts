import { createHash } from "node:crypto"
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { Client } from "pg"
import { expect, onTestFinished, test } from "vitest"
import { createSessionStore } from "@/lib/sessions/session-store"
import { createTestDatabaseUrl } from "@/test/database"
import { openDatabase } from "./client"
import { migrateDatabase } from "./migrate"

const folder = "lib/db/migrations"
const accountUuid = "{11111111-2222-4333-8444-555555555555}"
const sid = "the-id-that-only-the-browser-has"

type Column = { type: string; notNull: boolean; default?: unknown; identity?: unknown }
type Snapshot = { tables: Record<string, { columns: Record<string, Column> }> }

test("a database of the first version, with people in it, comes up to date and keeps them signed in", async () => {
  const { url, client } = await createDatabaseOfVersion(1)
  await signInAsFirstVersion(client)
  const before = await client.query("select * from connection")

  await migrateDatabase(url)
  expect((await client.query("select * from connection")).rows).toMatchObject(before.rows)
  const { db, close } = openDatabase(url)
  onTestFinished(close)
  const live = await createSessionStore(db).read(sid, accountUuid)
  expect(live?.connection).toMatchObject({
    accountUuid,
    status: "active",
    version: 3,
    sealedTokens: "sealed",
  })
  expect(live?.reference, "what later versions added is there for old rows too").toMatch(/^[0-9a-f-]{36}$/)
})

test("migrating a second time, or on two machines at once, changes nothing", async () => {
  const { url, client } = await createDatabaseOfVersion(1)
  await signInAsFirstVersion(client)
  await Promise.all([migrateDatabase(url), migrateDatabase(url)])
  const look = async () => ({
    applied: (await client.query("select hash from drizzle.__drizzle_migrations order by id")).rows,
    connections: (await client.query("select * from connection")).rows,
    sessions: (await client.query("select * from session")).rows,
  })
  const after = await look()
  await migrateDatabase(url)
  expect(await look()).toEqual(after)
  expect(after.applied).toHaveLength((await readSnapshots()).length)
})

test("a server of the first version still signs people in and renews beside servers of the newest", async () => {
  const url = await createTestDatabaseUrl()
  const client = await connectTo(url)
  await signInAsFirstVersion(client)
  const renewed = await client.query(
    "update connection set version = version + 1, sealed_tokens = 'newer' returning 1",
  )
  expect(renewed.rowCount).toBe(1)
})

test("no version takes away or narrows what the version before it reads and writes", async () => {
  const snapshots = await readSnapshots()
  for (const [index, newer] of snapshots.entries()) {
    const older = snapshots[index - 1]
    for (const [table, { columns }] of Object.entries(older?.tables ?? {}))
      for (const [name, column] of Object.entries(columns)) {
        const now = newer.tables[table]?.columns[name]
        const said = `${table}.${name} in version ${index + 1}`
        expect(now?.type, said).toBe(column.type)
        expect(
          now?.notNull && !column.notNull,
          `${said} refuses null, which the version before may write`,
        ).toBe(false)
      }
    for (const [table, { columns }] of Object.entries(newer.tables))
      for (const [name, column] of Object.entries(columns)) {
        if (!older?.tables[table] || older.tables[table].columns[name]) continue
        const mayBeLeftOut = !column.notNull || column.default !== undefined || column.identity !== undefined
        expect(mayBeLeftOut, `${table}.${name} is new in version ${index + 1}`).toBe(true)
      }
  }
})

/** An empty database that has had the first so many migrations only. */
async function createDatabaseOfVersion(count: number): Promise<{ url: string; client: Client }> {
  const url = await createTestDatabaseUrl("template1")
  const copy = await mkdtemp(path.join(tmpdir(), "migrations-"))
  onTestFinished(() => rm(copy, { recursive: true, force: true }))
  await cp(folder, copy, { recursive: true })
  const journal = path.join(copy, "meta/_journal.json")
  const { entries, ...rest } = JSON.parse(await readFile(journal, "utf8"))
  await writeFile(journal, JSON.stringify({ ...rest, entries: entries.slice(0, count) }))
  await migrateDatabase(url, copy)
  return { url, client: await connectTo(url) }
}

async function connectTo(url: string): Promise<Client> {
  const client = new Client(url)
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

/** What a sign-in wrote when the first version was all there was. */
async function signInAsFirstVersion(client: Client): Promise<void> {
  const profile = { account: { uuid: accountUuid, displayName: "Somebody" }, emails: null }
  const { rows } = await client.query(
    `insert into connection (account_uuid, sealed_tokens, scopes, issued_at, expires_at, version, profile, profile_read_at)
     values ($1, 'sealed', '{account,email}', now(), now() + interval '2 hours', 3, $2, now()) returning id`,
    [accountUuid, JSON.stringify(profile)],
  )
  await client.query(
    "insert into session (id_hash, connection_id, expires_at) values ($1, $2, now() + interval '7 days')",
    [createHash("sha256").update(sid).digest("base64url"), rows[0].id],
  )
}

async function readSnapshots(): Promise<Snapshot[]> {
  const files = (await readdir(path.join(folder, "meta")))
    .filter((file) => file.endsWith("_snapshot.json"))
    .sort()
  return Promise.all(
    files.map(
      async (file) => JSON.parse(await readFile(path.join(folder, "meta", file), "utf8")) as Snapshot,
    ),
  )
}
