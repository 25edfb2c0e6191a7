import { randomUUID } from "node:crypto"
import { Client } from "pg"
import { inject, onTestFinished } from "vitest"
import { type Database, openDatabase } from "@/lib/db/client"
import type { PostgresAddresses } from "./postgres-server"

let addresses: Promise<PostgresAddresses> | undefined

/** Starts the run's Postgres if this is the first test that needs one. */
function postgres(): Promise<PostgresAddresses> {
  addresses ??= fetch(inject("postgresOnDemand")).then(async (answer) => {
    if (!answer.ok) throw new Error(`No Postgres: ${await answer.text()}`)
    return (await answer.json()) as PostgresAddresses
  })
  return addresses
}

/** Makes a migrated, empty database for one test, open until the test ends. */
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
  const { url: maintenanceUrl } = await postgres()
  const name = `test_${randomUUID().replaceAll("-", "")}`
  const client = new Client(maintenanceUrl)
  await client.connect()
  await client.query(`create database ${name} template ${template}`)
  await client.end()
  return maintenanceUrl.replace(/postgres$/, name)
}

/** The superuser's connection to a test's database, open until the test ends. */
export async function connectAsSuperuser(databaseUrl: string): Promise<Client> {
  const url = new URL((await postgres()).superuserUrl)
  url.pathname = new URL(databaseUrl).pathname
  const client = new Client(url.href)
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

/**
 * Makes a role that may log in and has no rights yet; it is there until the test ends.
 *
 * @param superuser a connection to the database that the role is for
 * @returns its name, and the address of the database for it
 */
export async function createTestRole(
  superuser: Client,
  databaseUrl: string,
): Promise<{ role: string; url: string }> {
  const role = `role_${randomUUID().replaceAll("-", "")}`
  const url = new URL(databaseUrl)
  url.username = role
  url.password = randomUUID()
  await superuser.query(`create role ${role} login password '${url.password}'`)
  onTestFinished(async () => {
    await superuser.query(`drop owned by ${role} cascade`)
    await superuser.query(`drop role ${role}`)
  })
  return { role, url: url.href }
}
