#!/usr/bin/env node
import process from "node:process"
import { parseArgs } from "node:util"
import {
  type Emulator,
  PortInUseError,
  readSeedFile,
  SeedFileError,
  type SeedInput,
  StateFileError,
  startEmulator,
} from "./index.ts"
import { loadSeed } from "./seed.ts"
import type { Seed } from "./seed-schema.ts"

const PORT_VARIABLES = { site: "EMULATOR_SITE_PORT", api: "EMULATOR_API_PORT" } as const

const USAGE = `Usage: bitbucket-emulator [--seed FILE] [--state FILE]

  --seed FILE    People, workspaces and OAuth clients in YAML or JSON, instead of the default ones.
  --state FILE   Grants, tokens and sign-ins are restored from it and saved to it on exit. It holds secrets.

  EMULATOR_SITE_PORT, EMULATOR_API_PORT   the listeners, 4100 and 4101 unless given
  EMULATOR_CALLBACK_URL                   where the clients of the default seed are called back
`

async function main(): Promise<void> {
  const options = readOptions()
  if (options === null) return
  if (options.help === true) return console.log(USAGE)
  const callbackUrl = process.env.EMULATOR_CALLBACK_URL || undefined
  if (callbackUrl !== undefined && !URL.canParse(callbackUrl)) {
    return fail("EMULATOR_CALLBACK_URL has to be an absolute URL.")
  }
  const sitePort = readPort(PORT_VARIABLES.site)
  const apiPort = readPort(PORT_VARIABLES.api)
  if (sitePort === null || apiPort === null) return
  try {
    const seed: SeedInput | "default" = options.seed === undefined ? "default" : readSeedFile(options.seed)
    const stateFile = options.state
    const emulator = await startEmulator({
      sitePort,
      apiPort,
      callbackUrl,
      seed,
      stateFile,
      ownsProcess: true,
    })
    stopOnSignal(emulator)
    console.log(describe(emulator, loadSeed(seed, callbackUrl), stateFile))
  } catch (error) {
    if (error instanceof SeedFileError || error instanceof StateFileError) return fail(error.message)
    if (!(error instanceof PortInUseError)) throw error
    fail(`Port ${error.port} is in use: set ${PORT_VARIABLES[error.origin]} to a free one.`)
  }
}

function readOptions() {
  try {
    return parseArgs({
      options: { seed: { type: "string" }, state: { type: "string" }, help: { type: "boolean", short: "h" } },
    }).values
  } catch (error) {
    fail(`${(error as Error).message.split(". ")[0]}.\n\n${USAGE}`)
    return null
  }
}

/** undefined leaves the choice to the default, null means that the variable was refused. */
function readPort(variable: string): number | undefined | null {
  const text = process.env[variable]
  if (text === undefined || text === "") return undefined
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  fail(`${variable} has to be a port number between 0 and 65535.`)
  return null
}

function stopOnSignal(emulator: Emulator): void {
  const stop = () =>
    void emulator.close().then(
      () => process.exit(0),
      (error: Error) => {
        console.error(`The emulator did not end well: ${error.message}`)
        process.exit(1)
      },
    )
  process.once("SIGINT", stop)
  process.once("SIGTERM", stop)
}

function describe({ siteUrl, apiUrl }: Emulator, seed: Seed, stateFile: string | undefined): string {
  const { people, clients } = seed
  const width = Math.max(0, ...people.map(({ username }) => username.length))
  const isPasswordTheUsername = people.every(({ username, password }) => username === password)
  const person = ({ username, password, note }: Seed["people"][number]) =>
    `    ${username.padEnd(width)}   ${isPasswordTheUsername ? "" : `${password}   `}${note}`
  return `
  Bitbucket emulator is ready. Not affiliated with Atlassian.

    Site   ${siteUrl}   stands for https://bitbucket.org
    API    ${apiUrl}   stands for https://api.bitbucket.org
    Live   ${siteUrl}/_control/   shows the last sign-in, hop by hop${
      stateFile === undefined ? "" : `\n    State  ${stateFile}   saved on exit, secrets included`
    }

  People (${isPasswordTheUsername ? "the password is the username" : "with their passwords"})
${people.map(person).join("\n")}

  OAuth clients
${clients.map(({ key, secret, scopes, callback_url }) => `    ${key}   ${secret}   ${scopes.join(" ")}   ${callback_url ?? "no callback URL"}`).join("\n")}

  Ctrl-C stops it.
`
}

function fail(message: string): void {
  console.error(message.trimEnd())
  process.exitCode = 1
}

await main()
