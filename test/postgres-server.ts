import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { Client } from "pg"
import type { TestProject } from "vitest/node"
import { migrateDatabase } from "../lib/db/migrate"
import { startEmbeddedPostgres } from "../scripts/embedded-postgres"
import { freePort } from "../scripts/server-process"

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string
  }
}

/** One real Postgres for the whole run; `test/database.ts` makes each test that asks for one a migrated database in it. */
export default async function startPostgresServer(project: TestProject) {
  const folder = await mkdtemp(path.join(tmpdir(), "unit-tests-"))
  const port = await freePort()
  const postgres = await startEmbeddedPostgres({
    dataDirectory: path.join(folder, "data"),
    port,
    isDurable: false,
  })
  const maintenanceUrl = postgres.url.replace(/app$/, "postgres")
  const client = new Client(maintenanceUrl)
  await client.connect()
  await client.query("create database migrated")
  await client.end()
  await migrateDatabase(postgres.url.replace(/app$/, "migrated"))
  project.provide("postgresUrl", maintenanceUrl)
  return async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
