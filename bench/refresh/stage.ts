import { randomBytes } from "node:crypto"
import { type ControlClient, createControlClient } from "bitbucket-emulator/client"
import { type Database, openDatabase } from "../../lib/db/client"
import { migrateDatabase } from "../../lib/db/migrate"
import { startTemporaryPostgres, type TemporaryPostgres } from "../../scripts/embedded-postgres"
import { freePort, startServer, untilAnswers } from "../../scripts/server-process"
import { client } from "../../test/bitbucket-grant"
import { type AppServer, createFleet } from "./fleet"
import { stopAtEnd } from "./started"

/** The stage of every scenario: a real Postgres, an emulated Bitbucket and server processes of the app. */
export type Stage = {
  db: Database
  databaseUrl: string
  postgres: TemporaryPostgres
  siteUrl: string
  apiUrl: string
  bitbucket: ControlClient
  /** The environment of a server of the app. */
  environment: Record<string, string>
  /** This many running server processes, with their database connections open. */
  servers: (count: number) => Promise<AppServer[]>
}

/** Starts everything, on free ports and on this machine only. */
export async function createStage(): Promise<Stage> {
  const [postgres, emulator] = await Promise.all([startDatabase(), startBitbucket()])
  const databaseUrl = postgres.url
  const { db, close } = openDatabase(databaseUrl, { maxConnections: 5 })
  stopAtEnd(close)
  const environment = {
    NODE_ENV: "production",
    LOG_LEVEL: "silent",
    NEXT_TELEMETRY_DISABLED: "1",
    AUTH_URL: "http://localhost:3000",
    AUTH_SECRET: randomBytes(32).toString("base64url"),
    AUTH_BITBUCKET_ID: client.id,
    AUTH_BITBUCKET_SECRET: client.secret,
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
    DATABASE_URL: databaseUrl,
  }
  // Code in this process reads the same environment as the servers.
  Object.assign(process.env, environment)
  const bitbucket = createControlClient(emulator.siteUrl)
  const servers = createFleet(environment)
  return { db, databaseUrl, postgres, ...emulator, bitbucket, environment, servers }
}

async function startDatabase(): Promise<TemporaryPostgres> {
  const postgres = await startTemporaryPostgres("bench-refresh-")
  stopAtEnd(postgres.stop)
  await migrateDatabase(postgres.url)
  return postgres
}

/** Starts the emulator on free ports, in a separate process. */
export async function startBitbucket(): Promise<{ siteUrl: string; apiUrl: string }> {
  const [sitePort, apiPort] = [await freePort(), await freePort()]
  const emulator = startServer("The emulator", ["--import", "tsx", "packages/bitbucket-emulator/cli.ts"], {
    EMULATOR_SITE_PORT: String(sitePort),
    EMULATOR_API_PORT: String(apiPort),
  })
  stopAtEnd(emulator.stop)
  const siteUrl = `http://127.0.0.1:${sitePort}`
  await untilAnswers(emulator, `${siteUrl}/_control/health`)
  return { siteUrl, apiUrl: `http://127.0.0.1:${apiPort}` }
}
