import { randomUUID } from "node:crypto"
import { Client } from "pg"
import { inject, onTestFinished } from "vitest"
import { type Database, openDatabase } from "@/lib/db/client"

/** A migrated, empty database of the test's own, open until the test ends. */
export async function createTestDatabase(): Promise<{ db: Database; url: string }> {
  const url = await createTestDatabaseUrl()
  const { db, close } = openDatabase(url)
  onTestFinished(close)
  return { db, url }
}

/**
 * @param template `migrated` for one with today's schema and no rows, `template1` for one without a schema
 * @returns the address of a new database
 */
export async function createTestDatabaseUrl(template = "migrated"): Promise<string> {
  const maintenanceUrl = inject("postgresUrl")
  const name = `test_${randomUUID().replaceAll("-", "")}`
  const client = new Client(maintenanceUrl)
  await client.connect()
  await client.query(`create database ${name} template ${template}`)
  await client.end()
  return maintenanceUrl.replace(/postgres$/, name)
}
