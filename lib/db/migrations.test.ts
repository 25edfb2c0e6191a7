import { createHash } from "node:crypto"
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { createPostgresStore } from "auth-bitbucket/postgres"
import { Client } from "pg"
import { describe, expect, onTestFinished, test } from "vitest"
import { createSessionStore } from "@/lib/sessions/session-store"
import { connectAsSuperuser, createTestDatabaseUrl, createTestRole } from "@/test/database"
import { readStructure, type Structure, structureOf } from "@/test/database-structure"
import { openDatabase } from "./client"
import { migrateDatabase } from "./migrate"
import * as schema from "./schema"

const folder = "lib/db/migrations"
const accountUuid = "{11111111-2222-4333-8444-555555555555}"
const sid = "the-id-that-only-the-browser-has"

/** When Drizzle's migrator made the migrations of 0.1.0, by which it knew them. */
const timesOfFirstVersion = [1795222325210, 1795226640715, 1795253545804, 1795255704763, 1795258432445]
const tablesOfFirstVersion = ["activity", "connection", "rate_limit", "session", "spent_state", "task_lease"]

test("the migrations make the tables that the statements are written for", async () => {
  const client = await connectTo(await createTestDatabaseUrl())
  const { migration, ...tables } = await readStructure(client, "auth_bitbucket")
  expect(migration, "the table of migrations is there").toBeDefined()
  expect(tables).toEqual(structureOf(Object.values(schema)))
})

test("the app's table of connections is the package's, with columns of its own that may be left out", async () => {
  const app = await connectTo(await createTestDatabaseUrl())
  const bare = await connectTo(await createTestDatabaseUrl("template1"))
  await createPostgresStore({ query: (text, values) => bare.query(text, values) }).migrate()
  const ours = (await readStructure(app, "auth_bitbucket")).connection
  const packaged = (await readStructure(bare, "auth_bitbucket")).connection
  expect(ours).toMatchObject({ columns: packaged?.columns, constraints: packaged?.constraints })
  expect(ours?.indexes).toEqual(expect.arrayContaining(packaged?.indexes ?? ["none"]))
  for (const [name, column] of Object.entries(ours?.columns ?? {}))
    if (!packaged?.columns[name]) expect(!column.notNull || column.hasDefault, name).toBe(true)
})

test("migrating a second time, or on two machines at once, changes nothing", async () => {
  const url = await createTestDatabaseUrl("template1")
  const counts = await Promise.all([migrateDatabase(url), migrateDatabase(url)])
  const total = (await migrationNames()).length
  expect(counts.sort((a, b) => a - b)).toEqual([0, total])
  const client = await connectTo(url)
  const look = async () => (await client.query("select * from auth_bitbucket.migration order by name")).rows
  const before = await look()
  expect(await migrateDatabase(url)).toBe(0)
  expect(await look()).toEqual(before)
})

test("a schema with another name works too, even next to the default one", async () => {
  const url = await createTestDatabaseUrl()
  const count = await migrateDatabase(url, { schema: "sign_in_2" })
  expect(count).toBe((await migrationNames()).length)
  const client = await connectTo(url)
  expect(await readStructure(client, "sign_in_2")).toEqual(await readStructure(client, "auth_bitbucket"))
  expect(await migrateDatabase(url, { schema: "sign_in_2" })).toBe(0)
})

test("a migration that fails leaves nothing behind, and the next run starts where this one did", async () => {
  const url = await createTestDatabaseUrl("template1")
  const client = await connectTo(url)
  await client.query("create schema auth_bitbucket")
  await client.query("create table auth_bitbucket.rate_limit (something int)")
  await expect(migrateDatabase(url)).rejects.toMatchObject({ sqlState: "42P07" })
  expect(Object.keys(await readStructure(client, "auth_bitbucket"))).toEqual(["rate_limit"])
  await client.query("drop table auth_bitbucket.rate_limit")
  expect(await migrateDatabase(url)).toBe((await migrationNames()).length)
})

test("a migration waits for another one for a limited time, then fails and says why", async () => {
  const url = await createTestDatabaseUrl("template1")
  const other = await connectTo(url)
  await other.query("begin; select pg_advisory_xact_lock(7061994, hashtext('auth_bitbucket'))")
  await expect(migrateDatabase(url, { waitSeconds: 1 })).rejects.toMatchObject({ sqlState: "55P03" })
  await other.query("rollback")
  expect(await migrateDatabase(url)).toBeGreaterThan(0)
})

describe("a database of 0.1.0", () => {
  test("keeps its people signed in: their rows move to the schema of our own", async () => {
    const { url, client } = await createDatabaseOfFirstVersion()
    await signInAsFirstVersion(client, "public")
    const read = (from: string) => client.query(`select * from ${from}.connection`)
    const before = (await read("public")).rows
    await migrateDatabase(url)
    expect((await read("auth_bitbucket")).rows).toMatchObject(before)

    const { db, close } = openDatabase(url)
    onTestFinished(close)
    const live = await createSessionStore(db).read(sid, accountUuid)
    expect(live?.connection).toMatchObject({
      account: accountUuid,
      status: "active",
      version: 3,
      sealedTokens: "sealed",
    })
    const made = await connectTo(await createTestDatabaseUrl())
    expect(await readStructure(client, "auth_bitbucket")).toEqual(await readStructure(made, "auth_bitbucket"))
    expect(await migrateDatabase(url)).toBe(0)
  })

  test("comes up to date from each version between", async () => {
    for (const count of [1, 2, 3, 4]) {
      const { url, client } = await createDatabaseOfFirstVersion(count)
      await signInAsFirstVersion(client, "public")
      await migrateDatabase(url)
      expect((await client.query("select 1 from auth_bitbucket.session")).rowCount, String(count)).toBe(1)
    }
  })

  test("still serves servers of 0.1.0 while they are replaced", async () => {
    const { url, client } = await createDatabaseOfFirstVersion()
    const old = await connectTo(url)
    await signInAsFirstVersion(old, "public")
    await migrateDatabase(url)
    const refreshed = await old.query(
      "update connection set version = version + 1, sealed_tokens = 'newer' returning version",
    )
    expect(refreshed.rows).toEqual([{ version: 4 }])
    await old.query(
      `insert into connection (account_uuid, sealed_tokens, scopes, issued_at, expires_at, profile, profile_read_at)
       values ($1, 'newest', '{account}', now(), now(), '{}', now())
       on conflict (account_uuid) do update set sealed_tokens = excluded.sealed_tokens`,
      [accountUuid],
    )
    await old.query("insert into activity (account_uuid, kind) values ($1, 'signed_in')", [accountUuid])
    await old.query(
      `insert into rate_limit as r values ('k', 1, 60000)
       on conflict (key) do update set points = r.points + 1 returning points`,
    )
    await old.query(
      "select 1 from connection join session on connection_id = connection.id for update of connection",
    )
    const { rows } = await client.query("select sealed_tokens, version from auth_bitbucket.connection")
    expect(rows).toEqual([{ sealed_tokens: "newest", version: 4 }])
    expect((await client.query("select 1 from auth_bitbucket.activity")).rowCount).toBe(1)
  })

  test("keeps its people of Bitbucket Cloud, and none of a Data Center, whose server it does not name", async () => {
    const { url, client } = await createDatabaseOfFirstVersion()
    await signInAsFirstVersion(client, "public")
    await client.query(`
      insert into connection (account_uuid, sealed_tokens, scopes, issued_at, expires_at, profile, profile_read_at)
        select 'datacenter:7', sealed_tokens, scopes, issued_at, expires_at, profile, profile_read_at from connection;
      insert into activity (account_uuid, kind) values ('datacenter:7', 'signed_in'), ('${accountUuid}', 'signed_in')`)
    await migrateDatabase(url)
    const { rows } = await client.query("select account_uuid, issuer from auth_bitbucket.connection")
    expect(rows).toEqual([{ account_uuid: accountUuid, issuer: "https://bitbucket.org" }])
    const activity = await client.query("select account_uuid from auth_bitbucket.activity")
    expect(activity.rows).toEqual([{ account_uuid: accountUuid }])
    await client.query(
      `insert into public.connection (account_uuid, sealed_tokens, scopes, issued_at, expires_at, profile, profile_read_at)
       values ('datacenter:8', 'sealed', '{}', now(), now(), '{}', now())`,
    )
    const late = await client.query(
      "select issuer from auth_bitbucket.connection where account_uuid = 'datacenter:8'",
    )
    expect(late.rows, "of a server of 0.1.0 that has not ended yet").toEqual([{ issuer: null }])
  })

  test("does not show its rows to roles that may read everything in `public`", async () => {
    const { url, client } = await createDatabaseOfFirstVersion()
    await signInAsFirstVersion(client, "public")
    const guest = await createTestRole(await connectAsSuperuser(url), url)
    await client.query(`alter default privileges in schema public grant select on tables to ${guest.role}`)
    await migrateDatabase(url)
    const reader = await connectTo(guest.url)
    await expect(reader.query("select * from public.connection")).rejects.toMatchObject({ code: "42501" })
  })
})

describe("a database that another app has, too", () => {
  test("keeps its tables `session` and `connection`, and its own Drizzle migrations", async () => {
    const url = await createTestDatabaseUrl("template1")
    const client = await connectTo(url)
    await client.query(`
      create table session (id int primary key, sealed_tokens text);
      create table connection (id int primary key);
      insert into session values (1, 'theirs'); insert into connection values (2);
      create schema drizzle;
      create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);
      insert into drizzle.__drizzle_migrations (hash, created_at) values ('theirs', 9999999999999)`)
    expect(await migrateDatabase(url)).toBe((await migrationNames()).length)
    expect((await client.query("select * from public.session")).rows).toEqual([
      { id: 1, sealed_tokens: "theirs" },
    ])
    expect((await client.query("select * from public.connection")).rows).toEqual([{ id: 2 }])
    expect((await client.query("select hash from drizzle.__drizzle_migrations")).rows).toEqual([
      { hash: "theirs" },
    ])
    expect((await client.query("select 1 from auth_bitbucket.session")).rowCount).toBe(0)
  })

  test("may forbid us to look at its migrations", async () => {
    const url = await createTestDatabaseUrl("template1")
    const client = await connectTo(url)
    await client.query(`
      create schema drizzle;
      create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`)
    const superuser = await connectAsSuperuser(url)
    const guest = await createTestRole(superuser, url)
    await superuser.query(`grant create on database ${path.basename(url)} to ${guest.role}`)
    expect(await migrateDatabase(guest.url)).toBe((await migrationNames()).length)
  })
})

test("no version takes away or narrows what the version before it reads and writes", async () => {
  let older: Structure = {}
  const url = await createTestDatabaseUrl("template1")
  const client = await connectTo(url)
  for (const [index, name] of (await migrationNames()).entries()) {
    await migrateDatabase(url, { migrationsFolder: await folderOfFirst(index + 1) })
    const newer = await readStructure(client, "auth_bitbucket")
    for (const [table, { columns }] of Object.entries(older))
      for (const [column, was] of Object.entries(columns)) {
        const now = newer[table]?.columns[column]
        const said = `${table}.${column} in ${name}`
        expect(now?.type, said).toBe(was.type)
        expect(now?.notNull && !was.notNull, `${said} refuses null, which the version before may write`).toBe(
          false,
        )
      }
    for (const [table, { columns }] of Object.entries(older))
      for (const [column, now] of Object.entries(newer[table]?.columns ?? {}))
        if (!columns[column])
          expect(!now.notNull || now.hasDefault, `${table}.${column}, new in ${name}, may be left out`).toBe(
            true,
          )
    older = newer
  }
})

async function migrationNames(): Promise<string[]> {
  return (await readdir(folder)).map((file) => path.basename(file, ".sql")).sort()
}

/** A folder with only the first `count` migrations. */
async function folderOfFirst(count: number): Promise<string> {
  const copy = await mkdtemp(path.join(tmpdir(), "migrations-"))
  onTestFinished(() => rm(copy, { recursive: true, force: true }))
  for (const name of (await migrationNames()).slice(0, count))
    await cp(path.join(folder, `${name}.sql`), path.join(copy, `${name}.sql`))
  return copy
}

async function connectTo(url: string): Promise<Client> {
  const client = new Client(url)
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

/** A database as 0.1.0 left it, or as it was after some of its migrations: all in `public`, recorded by Drizzle. */
async function createDatabaseOfFirstVersion(
  count = timesOfFirstVersion.length,
): Promise<{ url: string; client: Client }> {
  const url = await createTestDatabaseUrl("template1")
  const client = await connectTo(url)
  await client.query(`
    create schema drizzle;
    create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`)
  for (const [index, name] of (await migrationNames()).slice(0, count).entries()) {
    await client.query(await readFile(path.join(folder, `${name}.sql`), "utf8"))
    await client.query("insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)", [
      createHash("sha256").update(name).digest("hex"),
      timesOfFirstVersion[index],
    ])
  }
  const tables = Object.keys(await readStructure(client, "public"))
  if (count === timesOfFirstVersion.length) expect(tables.sort()).toEqual(tablesOfFirstVersion)
  return { url, client }
}

/** What a sign-in wrote when the first version was all there was. */
async function signInAsFirstVersion(client: Client, schema: string): Promise<void> {
  const profile = { account: { uuid: accountUuid, displayName: "Someone" }, emails: null }
  const { rows } = await client.query(
    `insert into ${schema}.connection (account_uuid, sealed_tokens, scopes, issued_at, expires_at, version, profile, profile_read_at)
     values ($1, 'sealed', '{account,email}', now(), now() + interval '2 hours', 3, $2, now()) returning id`,
    [accountUuid, JSON.stringify(profile)],
  )
  await client.query(
    `insert into ${schema}.session (id_hash, connection_id, expires_at) values ($1, $2, now() + interval '7 days')`,
    [createHash("sha256").update(sid).digest("base64url"), rows[0].id],
  )
}
