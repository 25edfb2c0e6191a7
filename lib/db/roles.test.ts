import { readFile } from "node:fs/promises"
import { sql } from "drizzle-orm"
import { expect, onTestFinished, test } from "vitest"
import { createActivityStore } from "@/lib/accounts/activity"
import { createSharedLimiter } from "@/lib/server/limits/limiter"
import { deleteExpiredRows } from "@/lib/sessions/delete-expired-rows"
import { createSessionStore } from "@/lib/sessions/session-store"
import { connectAsSuperuser, createTestDatabaseUrl } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { openDatabase } from "./client"
import { migrateDatabase } from "./migrate"
import { connection } from "./schema"
import { takeTask } from "./task-lease"

const accountUuid = "{11111111-2222-4333-8444-555555555555}"

/** A database set up by deploy/roles.sql, and its address for each of the two roles. */
async function createDatabaseWithRoles(): Promise<{ migrateUrl: string; runUrl: string }> {
  const url = await createTestDatabaseUrl("template1")
  const superuser = await connectAsSuperuser(url)
  await superuser.query(await readFile("deploy/roles.sql", "utf8"))
  onTestFinished(async () => {
    for (const role of ["app_run", "app_migrate"])
      await superuser.query(`drop owned by ${role} cascade`).then(() => superuser.query(`drop role ${role}`))
  })
  const as = async (role: string) => {
    await superuser.query(`alter role ${role} password 'of-${role}'`)
    return Object.assign(new URL(url), { username: role, password: `of-${role}` }).href
  }
  return { migrateUrl: await as("app_migrate"), runUrl: await as("app_run") }
}

test("the app runs as a role that may not change the schema, and migrates as one that may", async () => {
  stubEnvironment({ DATABASE_URL: "postgres://app@127.0.0.1:1/app" })
  const { migrateUrl, runUrl } = await createDatabaseWithRoles()
  const { db, pool, close } = openDatabase(runUrl)
  onTestFinished(close)
  await expect(migrateDatabase(runUrl)).rejects.toMatchObject({ sqlState: "42501" })
  expect(await migrateDatabase(migrateUrl)).toBeGreaterThan(0)
  expect(await migrateDatabase(runUrl), "as a server does at its start").toBe(0)

  const sessions = createSessionStore(db)
  const sid = await sessions.signIn({
    account: accountUuid,
    profile: { account: { uuid: accountUuid }, emails: null } as never,
    save: (store) =>
      store.save(accountUuid, { sealedTokens: "sealed", lifetimeSeconds: 7_200, scopes: ["account"] }),
    userAgent: null,
    previousSid: null,
  })
  expect((await sessions.read(sid, accountUuid))?.connection.account).toBe(accountUuid)
  await createActivityStore(db).record(accountUuid, "signed_in")
  expect(await createSharedLimiter(pool, 3).consume("k")).toBeNull()
  await (await takeTask(db, "work", 30))?.release()
  expect(await sessions.end(sid)).not.toBeNull()
  await deleteExpiredRows(db)
  expect(await db.$count(connection)).toBe(0)

  for (const statement of ["create table auth_bitbucket.more (one int)", "drop table auth_bitbucket.session"])
    await expect(pool.query(statement), statement).rejects.toMatchObject({ sqlState: "42501" })
})

test("a new migration is the migrating role's, and its tables are the running role's to use", async () => {
  const { migrateUrl, runUrl } = await createDatabaseWithRoles()
  await migrateDatabase(migrateUrl)
  const [migrating, running] = [openDatabase(migrateUrl), openDatabase(runUrl)]
  onTestFinished(migrating.close)
  onTestFinished(running.close)
  await migrating.pool.query("create table auth_bitbucket.later (one int)")
  await running.pool.query("insert into auth_bitbucket.later values (1)")
  await migrating.db.execute(sql`delete from auth_bitbucket.migration where name like '0004%'`)
  await expect(migrateDatabase(runUrl)).rejects.toMatchObject({ sqlState: "42501" })
})

test("statements of the running role end in Postgres, behind a pooler too", async () => {
  const { runUrl } = await createDatabaseWithRoles()
  const { pool, close } = openDatabase(runUrl)
  onTestFinished(close)
  const { rows } = await pool.query("select current_setting('statement_timeout') as bound")
  expect(rows).toEqual([{ bound: "5s" }])
})
