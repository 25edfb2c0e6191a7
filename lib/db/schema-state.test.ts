import { type SQL, sql } from "drizzle-orm"
import { beforeEach, expect, test } from "vitest"
import { createTestDatabase } from "@/test/database"
import type { Database } from "./client"
import { readSchemaState } from "./schema-state"

let db: Database
const change = (statement: SQL) => db.execute(statement)

beforeEach(async () => {
  db = (await createTestDatabase()).db
})

test("a migrated database has nothing pending", async () => {
  expect(await readSchemaState(db)).toMatchObject({ pending: [], isNewer: false })
})

test("a database that lacks the last migration is one behind", async () => {
  await change(
    sql`delete from auth_bitbucket.migration where name = (select max(name) from auth_bitbucket.migration)`,
  )
  const { pending, isNewer } = await readSchemaState(db)
  expect([pending.length, isNewer]).toEqual([1, false])
})

test("a database that was never migrated lacks every migration", async () => {
  await change(sql`drop schema auth_bitbucket cascade`)
  expect((await readSchemaState(db)).pending).toEqual(
    expect.arrayContaining(["0000_first_version", "0004_connection_kind"]),
  )
})

test("a database of a later version of the app is called newer", async () => {
  await change(sql`insert into auth_bitbucket.migration (name) values ('9999_later')`)
  expect(await readSchemaState(db)).toMatchObject({ pending: [], isNewer: true })
})
