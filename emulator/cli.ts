#!/usr/bin/env node
import process from "node:process"
import { type Emulator, PortInUseError, startEmulator } from "./index.ts"
import { loadSeed } from "./seed.ts"

const PORT_VARIABLES = { site: "EMULATOR_SITE_PORT", api: "EMULATOR_API_PORT" } as const

async function main(): Promise<void> {
  const callbackUrl = process.env.EMULATOR_CALLBACK_URL || undefined
  if (callbackUrl !== undefined && !URL.canParse(callbackUrl)) {
    return fail("EMULATOR_CALLBACK_URL has to be an absolute URL.")
  }
  const sitePort = readPort(PORT_VARIABLES.site)
  const apiPort = readPort(PORT_VARIABLES.api)
  if (sitePort === null || apiPort === null) return
  try {
    const emulator = await startEmulator({ sitePort, apiPort, callbackUrl, ownsProcess: true })
    stopOnSignal(emulator)
    console.log(describe(emulator, callbackUrl))
  } catch (error) {
    if (!(error instanceof PortInUseError)) throw error
    fail(`Port ${error.port} is in use: set ${PORT_VARIABLES[error.origin]} to a free one.`)
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
  const stop = () => void emulator.close().then(() => process.exit(0))
  process.once("SIGINT", stop)
  process.once("SIGTERM", stop)
}

function describe({ siteUrl, apiUrl }: Emulator, callbackUrl: string | undefined): string {
  const { people, clients } = loadSeed("default", callbackUrl)
  const width = Math.max(...people.map(({ username }) => username.length))
  return `
  Bitbucket emulator is ready. Not affiliated with Atlassian.

    Site   ${siteUrl}   stands for https://bitbucket.org
    API    ${apiUrl}   stands for https://api.bitbucket.org

  People (the password is the username)
${people.map(({ username, note }) => `    ${username.padEnd(width)}   ${note}`).join("\n")}

  OAuth clients
${clients.map(({ key, secret, scopes, callback_url }) => `    ${key}   ${secret}   ${scopes.join(" ")}   ${callback_url}`).join("\n")}

  Ctrl-C stops it.
`
}

function fail(sentence: string): void {
  console.error(sentence)
  process.exitCode = 1
}

await main()
