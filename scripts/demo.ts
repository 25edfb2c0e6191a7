import { spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { createRequire } from "node:module"
import path from "node:path"
import { Pool } from "pg"
import { migrateDatabase } from "../lib/db/migrate"
import { databaseSchema } from "../lib/env"
import { fingerprintSources, isBuildCurrent, noteBuild } from "./demo-build"
import { makeHistory } from "./demo-history"
import { writeDemoSettings } from "./demo-settings"
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres"
import { isPortFree, type ServerProcess, startServer, untilAnswers } from "./server-process"

/** `npm run demo`: everything on this machine, no credentials, no internet. `npm run dev`: the same while editing. */
const isDevelopment = process.argv.includes("--dev")
const dataFolder = path.resolve(".data")
// The demo contacts this machine only.
process.env.NEXT_TELEMETRY_DISABLED ??= "1"
const next = createRequire(import.meta.url).resolve("next/dist/bin/next")

const ports = {
  PORT: { port: Number(process.env.PORT ?? 3000), what: "the app" },
  EMULATOR_SITE_PORT: { port: Number(process.env.EMULATOR_SITE_PORT ?? 4100), what: "the emulator's site" },
  EMULATOR_API_PORT: { port: Number(process.env.EMULATOR_API_PORT ?? 4101), what: "the emulator's API" },
  POSTGRES_PORT: { port: Number(process.env.POSTGRES_PORT ?? 54320), what: "Postgres" },
}

const appUrl = `http://localhost:${ports.PORT.port}`
const siteUrl = `http://127.0.0.1:${ports.EMULATOR_SITE_PORT.port}`
const apiUrl = `http://127.0.0.1:${ports.EMULATOR_API_PORT.port}`

let startingPostgres: Promise<EmbeddedPostgres> | undefined
const servers: ServerProcess[] = []
let isStopping = false

process.on("SIGINT", () => void stop(0))
process.on("SIGTERM", () => void stop(0))

try {
  await start()
} catch (error) {
  if (!isStopping) await stop(1, error instanceof Error ? error.message : String(error))
}

async function start(): Promise<void> {
  for (const [variable, { port, what }] of Object.entries(ports)) {
    if (!(await isPortFree(port)))
      throw new Error(`Port ${port}, where ${what} should listen, is taken. Set ${variable} to another port.`)
  }
  const isFirstRun = !existsSync(path.join(dataFolder, "postgres"))
  await mkdir(dataFolder, { recursive: true })

  const emulator = serve(
    "The Bitbucket emulator",
    [
      "--import",
      "tsx",
      "packages/bitbucket-emulator/cli.ts",
      "--state",
      path.join(dataFolder, "bitbucket.json"),
    ],
    {
      EMULATOR_SITE_PORT: String(ports.EMULATOR_SITE_PORT.port),
      EMULATOR_API_PORT: String(ports.EMULATOR_API_PORT.port),
      EMULATOR_CALLBACK_URL: appUrl,
    },
  )
  // The build needs no database, so Postgres starts in parallel.
  const [postgres] = await Promise.all([startPostgres(), isDevelopment ? undefined : build()])
  await untilAnswers(emulator, `${siteUrl}/_control/health`)

  const settings = {
    AUTH_URL: appUrl,
    AUTH_SECRET: await authSecret(),
    // The client that may read repositories, so that every page has something to show.
    AUTH_BITBUCKET_ID: "emulatorReposKey12",
    AUTH_BITBUCKET_SECRET: "emulatorReposSecret1234567890123",
    BITBUCKET_SCOPES: "account email repository",
    BITBUCKET_SITE_URL: siteUrl,
    BITBUCKET_API_URL: apiUrl,
    DATABASE_URL: postgres.url,
    CRON_SECRET: randomBytes(24).toString("base64url"),
    SETUP_PAGE: "on",
  }
  await writeDemoSettings(dataFolder, settings)
  say("Starting the app …")
  const app = serve(
    "The app",
    // On this machine only, because the passwords of the demo's users are public.
    [next, isDevelopment ? "dev" : "start", "-H", "127.0.0.1", "-p", String(ports.PORT.port)],
    {
      ...settings,
      NODE_ENV: isDevelopment ? "development" : "production",
      SOURCE_URL: process.env.SOURCE_URL ?? originOfThisClone(),
    },
    { isVerbose: isDevelopment },
  )
  await untilAnswers(app, `${appUrl}/api/health`)
  if (isFirstRun) {
    const database = new Pool({
      connectionString: postgres.url,
      options: `-c search_path=${databaseSchema()}`,
    })
    await makeHistory({ appUrl, siteUrl, username: "demo", database }).finally(() => database.end())
  }
  printReady()
}

async function startPostgres(): Promise<EmbeddedPostgres> {
  say("Starting Postgres and the Bitbucket emulator …")
  startingPostgres = startEmbeddedPostgres({
    dataDirectory: path.join(dataFolder, "postgres"),
    port: ports.POSTGRES_PORT.port,
  })
  const postgres = await startingPostgres
  reportExit("Postgres", postgres.process)
  await migrateDatabase(postgres.url)
  return postgres
}

/** Builds the app unless the last build was made from the same sources. `npm run check` checks the types. */
async function build(): Promise<void> {
  const sources = await fingerprintSources()
  if (await isBuildCurrent(sources)) return say("The app is built already.")
  say("Building the app; the next start will reuse the build …")
  const building = startUnlessStopping("The build", [next, "build"], {
    NODE_ENV: "production",
    QUICK_BUILD: "1",
  })
  const [status] = await once(building.process, "close")
  if (status !== 0) throw new Error(`The app could not be built:\n${building.output()}`)
  await noteBuild(sources)
  say("Built.")
}

function say(text: string): void {
  console.log(`${`${Math.round(performance.now() / 1000)} s`.padStart(6)}  ${text}`)
}

/** Where this clone came from, so that the landing page can link to it; undefined if it came from no web site. */
function originOfThisClone(): string | undefined {
  const { stdout } = spawnSync("git", ["remote", "get-url", "origin"], { encoding: "utf8" })
  const [, host, repository] =
    /^(?:https:\/\/|ssh:\/\/git@|git@)(?:[^@/]*@)?([\w.-]+\.\w+)[:/](.+?)(?:\.git)?\s*$/.exec(stdout ?? "") ??
    []
  return host && repository && `https://${host}/${repository}`
}

/** Kept between runs, so that what was sealed in `.data/` stays readable. */
async function authSecret(): Promise<string> {
  const file = path.join(dataFolder, "auth-secret")
  const kept = await readFile(file, "utf8").catch(() => undefined)
  if (kept) return kept
  const secret = randomBytes(32).toString("base64url")
  await writeFile(file, secret, { mode: 0o600 })
  return secret
}

function serve(...args: Parameters<typeof startServer>): ServerProcess {
  const server = startUnlessStopping(...args)
  reportExit(server.name, server.process, server.output)
  return server
}

/** A program that started while the others are being stopped would outlive this one and keep its port. */
function startUnlessStopping(...args: Parameters<typeof startServer>): ServerProcess {
  if (isStopping) throw new Error("The demo is stopping.")
  const server = startServer(...args)
  servers.push(server)
  return server
}

function reportExit(name: string, child: ServerProcess["process"], output = () => ""): void {
  child.once("exit", () => {
    if (!isStopping) void stop(1, `${name} has ended, so everything stops.\n${output()}`)
  })
}

async function stop(exitCode: number, message?: string): Promise<void> {
  if (isStopping) return
  isStopping = true
  if (message) console.error(`\n${message}`)
  for (const server of servers.reverse()) await server.stop()
  // A signal may arrive while Postgres is still starting.
  const postgres = await startingPostgres?.catch(() => undefined)
  await postgres?.stop()
  if (exitCode === 0) console.log("\nStopped.")
  process.exit(exitCode)
}

function printReady(): void {
  console.log(`
  Ready.

    Open         ${appUrl}
    Sign in as   demo, password demo
    Bitbucket    ${siteUrl}   emulated on this machine; nothing leaves it
    Setup check  ${appUrl}/setup

  Then try this. Each person's password is their name.

    una          an email address that is not confirmed
    noworkspace  no workspace and no repository
    many         four workspaces
    locked       a workspace that Bitbucket does not show
    Bitbucket down, access expired, access taken back: docs/emulator.md, "Faults" and "Control"

  Ctrl-C stops everything. Data is kept in .data/; delete that folder to start over.
`)
}
