import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  interface ProvidedContext {
    /** Answers with `PostgresAddresses` in JSON; the first request starts Postgres. */
    postgresOnDemand: string
  }
}

/** Both name the database `postgres`. */
export type PostgresAddresses = { url: string; superuserUrl: string }

type Running = PostgresAddresses & { stop: () => Promise<void> }

/**
 * One real Postgres for the whole run, started when the first test asks for a database: a run of pure unit tests does
 * not wait for it. The tests ask from processes of their own, hence over HTTP.
 */
export default async function offerPostgres(project: TestProject) {
  let running: Promise<Running> | undefined
  const server = createServer((_request, response) => {
    running ??= start()
    running.then(
      ({ url, superuserUrl }) => response.end(JSON.stringify({ url, superuserUrl })),
      (error) => response.writeHead(500).end(String(error)),
    )
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  project.provide("postgresOnDemand", `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.close()
    server.closeAllConnections()
    await (await running?.catch(() => undefined))?.stop()
  }
}

/** Starts Postgres with a database `migrated`, which `test/database.ts` copies for each test. */
async function start(): Promise<Running> {
  const { Client } = await import("pg")
  const { migrateDatabase } = await import("../lib/db/migrate")
  const { startTemporaryPostgres } = await import("../scripts/embedded-postgres")
  const postgres = await startTemporaryPostgres("unit-tests-")
  const url = postgres.url.replace(/app$/, "postgres")
  const client = new Client(url)
  await client.connect()
  await client.query("create database migrated")
  await client.end()
  await migrateDatabase(postgres.url.replace(/app$/, "migrated"))
  return { url, superuserUrl: postgres.superuserUrl, stop: postgres.stop }
}
