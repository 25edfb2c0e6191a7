import { randomBytes } from "node:crypto"
import type { Emulator } from "bitbucket-emulator"
import { Client } from "pg"
import { migrateDatabase } from "../lib/db/migrate"
import { type ServerProcess, startServer, untilAnswers } from "../scripts/server-process"

/** The environment of an app whose users sign in at this emulator. */
export function appEnvironment(options: {
  port: number
  databaseUrl: string
  emulator: Pick<Emulator, "siteUrl" | "apiUrl">
}): Record<string, string> {
  return {
    NODE_ENV: "production",
    PORT: String(options.port),
    AUTH_URL: `http://localhost:${options.port}`,
    AUTH_SECRET: randomBytes(32).toString("base64url"),
    AUTH_BITBUCKET_ID: "emulatorClientKey1",
    AUTH_BITBUCKET_SECRET: "emulatorClientSecret123456789012",
    BITBUCKET_SITE_URL: options.emulator.siteUrl,
    BITBUCKET_API_URL: options.emulator.apiUrl,
    DATABASE_URL: options.databaseUrl,
    CRON_SECRET: randomBytes(24).toString("base64url"),
    METRICS_SECRET: randomBytes(24).toString("base64url"),
    // So that a test can set the client address in X-Forwarded-For; requests of this machine itself are not counted.
    TRUSTED_PROXIES: "1",
  }
}

/**
 * Starts the production build and waits until it is healthy: as `npm start` does, or as the container does if the
 * global set-up has made a container's folder.
 */
export async function startApp(
  environment: Record<string, string>,
  url = environment.AUTH_URL,
): Promise<ServerProcess> {
  const folder = process.env.E2E_CONTAINER_FOLDER
  const app = folder
    ? startServer("The app", ["server.js"], { ...environment, HOSTNAME: "127.0.0.1" }, { folder })
    : startServer("The app", ["node_modules/next/dist/bin/next", "start"], environment)
  await untilAnswers(app, `${url}/api/health`)
  return app
}

/** A migrated, empty database in the Postgres of this run. @returns its URL */
export async function createDatabase(name: string): Promise<string> {
  const url = await createEmptyDatabase(name)
  await migrateDatabase(url)
  return url
}

/** A database without our schema. @returns its URL */
export async function createEmptyDatabase(name: string): Promise<string> {
  const serverUrl = process.env.E2E_POSTGRES_URL ?? ""
  const client = new Client(serverUrl)
  await client.connect()
  await client.query(`drop database if exists ${name} with (force)`)
  await client.query(`create database ${name}`)
  await client.end()
  return serverUrl.replace(/app$/, name)
}
