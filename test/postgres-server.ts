import { Client } from "pg"
import type { TestProject } from "vitest/node"
import { migrateDatabase } from "../lib/db/migrate"
import { startTemporaryPostgres } from "../scripts/embedded-postgres"

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string
    superuserUrl: string
  }
}

/** One real Postgres for the whole run; `test/database.ts` makes each test that asks for one a migrated database in it. */
export default async function startPostgresServer(project: TestProject) {
  const postgres = await startTemporaryPostgres("unit-tests-")
  const maintenanceUrl = postgres.url.replace(/app$/, "postgres")
  const client = new Client(maintenanceUrl)
  await client.connect()
  await client.query("create database migrated")
  await client.end()
  await migrateDatabase(postgres.url.replace(/app$/, "migrated"))
  project.provide("postgresUrl", maintenanceUrl)
  project.provide("superuserUrl", postgres.superuserUrl)
  return postgres.stop
}
