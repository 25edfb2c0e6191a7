import { Client } from "pg"
import { expect, test } from "vitest"
import { createTestDatabaseUrl } from "@/test/database"
import { readSchemaState } from "./schema-state"

async function change(url: string, statement: string): Promise<void> {
  const client = new Client(url)
  await client.connect()
  await client.query(statement)
  await client.end()
}

test("a migrated database has nothing pending", async () => {
  expect(await readSchemaState(await createTestDatabaseUrl())).toMatchObject({ pending: 0, isNewer: false })
})

test("a database that lacks the last migration is one behind", async () => {
  const url = await createTestDatabaseUrl()
  await change(
    url,
    "delete from drizzle.__drizzle_migrations where created_at = (select max(created_at) from drizzle.__drizzle_migrations)",
  )
  expect(await readSchemaState(url)).toMatchObject({ pending: 1, isNewer: false })
})

test("a database that was never migrated lacks every migration", async () => {
  const url = await createTestDatabaseUrl()
  await change(url, "drop schema drizzle cascade")
  expect((await readSchemaState(url)).pending).toBeGreaterThanOrEqual(2)
})

test("a database of a later version of the app is called newer", async () => {
  const url = await createTestDatabaseUrl()
  await change(
    url,
    "insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', 9999999999999)",
  )
  expect(await readSchemaState(url)).toMatchObject({ pending: 0, isNewer: true })
})
