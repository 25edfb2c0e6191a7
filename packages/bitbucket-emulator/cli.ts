#!/usr/bin/env node
import process from "node:process"
import { parseArgs } from "node:util"
import { publicUrlOf } from "./addresses.ts"
import {
  AuthorityError,
  type Emulator,
  ListenError,
  readSeedFile,
  SeedFileError,
  type SeedInput,
  StateFileError,
  startEmulator,
} from "./index.ts"
import manifest from "./package.json" with { type: "json" }
import { loadSeed } from "./seed.ts"
import type { Seed } from "./seed-schema.ts"

const USAGE = `Usage: bitbucket-emulator [options]

  --seed FILE               People, workspaces and OAuth clients in YAML or JSON, instead of the default ones.
  --state FILE              Restores grants, tokens and sign-ins from it, and saves them to it on exit. It contains secrets.
  --host ADDRESS            Where to listen: 127.0.0.1, or 0.0.0.0 for other machines and containers too.
                            On any address but loopback the control API requires a token.
  --site-port PORT          The listener that stands for bitbucket.org, 4100 by default; 0 for any free port.
  --api-port PORT           The listener that stands for api.bitbucket.org, 4101 unless given.
  --public-site-url URL     What links begin with and OAuth 1.0a signatures cover, if clients use
  --public-api-url URL      other addresses than the listeners' own. Either may have a base path, which
                            the proxy in front removes.
  --trust-proxy             Takes them from a proxy's X-Forwarded-Proto, -Host and -Port.
  --tls                     Serves https://bitbucket.org and https://api.bitbucket.org as well.
  --tls-port PORT           443 by default.
  --tls-folder FOLDER       The folder of its certificate authority, ~/.bitbucket-emulator by default.
  --json                    Prints one line of JSON when it is ready, for programs.
  --version
  --help

  EMULATOR_SITE_PORT, EMULATOR_API_PORT   the same as --site-port and --api-port
  EMULATOR_CALLBACK_URL                   the callback URL of the default seed's clients
  EMULATOR_CONTROL_TOKEN                  the token for the control API, instead of a random one
`

/** An unusable option, described in one sentence. */
class OptionError extends Error {}

async function main(): Promise<void> {
  const options = readOptions()
  if (options.help === true) return console.log(USAGE)
  if (options.version === true) return console.log(manifest.version)
  const callbackUrl = process.env.EMULATOR_CALLBACK_URL || undefined
  if (callbackUrl !== undefined && !URL.canParse(callbackUrl)) {
    throw new OptionError("EMULATOR_CALLBACK_URL has to be an absolute URL.")
  }
  const sitePort = readPort("--site-port", options["site-port"], "EMULATOR_SITE_PORT")
  const apiPort = readPort("--api-port", options["api-port"], "EMULATOR_API_PORT")
  const tlsPort = readPort("--tls-port", options["tls-port"])
  const seed: SeedInput | "default" = options.seed === undefined ? "default" : readSeedFile(options.seed)
  const stateFile = options.state
  const emulator = await startEmulator({
    host: options.host,
    sitePort,
    apiPort,
    publicSiteUrl: readPublicUrl("--public-site-url", options["public-site-url"]),
    publicApiUrl: readPublicUrl("--public-api-url", options["public-api-url"]),
    trustProxy: options["trust-proxy"],
    controlToken: process.env.EMULATOR_CONTROL_TOKEN || undefined,
    tls: options.tls === true ? { port: tlsPort, folder: options["tls-folder"] } : undefined,
    callbackUrl,
    seed,
    stateFile,
    ownsProcess: true,
  })
  stopOnSignal(emulator)
  if (options.json === true) console.log(JSON.stringify(readyLine(emulator)))
  else console.log(describe(emulator, loadSeed(seed, callbackUrl), stateFile))
}

function readOptions() {
  const text = { type: "string" } as const
  const flag = { type: "boolean" } as const
  try {
    const { values } = parseArgs({
      options: {
        seed: text,
        state: text,
        host: text,
        "site-port": text,
        "api-port": text,
        "public-site-url": text,
        "public-api-url": text,
        "trust-proxy": flag,
        tls: flag,
        "tls-port": text,
        "tls-folder": text,
        json: flag,
        version: flag,
        help: { ...flag, short: "h" },
      },
    })
    return values
  } catch (error) {
    throw new OptionError(`${(error as Error).message.split(". ")[0]}.\n\n${USAGE}`)
  }
}

/** The option, otherwise the variable; undefined leaves the choice to the default. */
function readPort(option: string, given: string | undefined, variable = ""): number | undefined {
  const text = given ?? (process.env[variable] || undefined)
  if (text === undefined) return undefined
  const port = text === "" ? Number.NaN : Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  const name = given === undefined ? variable : option
  throw new OptionError(`${name} has to be a port number between 0 and 65535.`)
}

function readPublicUrl(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const url = publicUrlOf(text)
  if (url !== null) return url
  throw new OptionError(
    `${option} has to be an address such as https://example.test/bitbucket, without a query.`,
  )
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

/** One line whose format stays the same between versions, except for new members. */
function readyLine({ siteUrl, apiUrl, localUrl, controlToken, tls }: Emulator) {
  return {
    site_url: siteUrl,
    api_url: apiUrl,
    control_url: `${localUrl}/_control`,
    control_token: controlToken,
    tls: tls && { site_url: tls.siteUrl, api_url: tls.apiUrl, ca_file: tls.caFile },
  }
}

function describe(emulator: Emulator, seed: Seed, stateFile: string | undefined): string {
  const { siteUrl, apiUrl, localUrl, controlToken, tls } = emulator
  const { people, clients } = seed
  const width = Math.max(0, ...people.map(({ username }) => username.length))
  const isPasswordTheUsername = people.every(({ username, password }) => username === password)
  const person = ({ username, password, note }: Seed["people"][number]) =>
    `    ${username.padEnd(width)}   ${isPasswordTheUsername ? "" : `${password}   `}${note}`
  return `
  Bitbucket emulator is ready. Not affiliated with Atlassian.

    Site   ${siteUrl}   stands for https://bitbucket.org
    API    ${apiUrl}   stands for https://api.bitbucket.org
    Live   ${localUrl}/_control/   shows the last sign-in, hop by hop${
      controlToken === null
        ? ""
        : `\n    Token  ${controlToken}   for the control API; the live page takes it as a password`
    }${stateFile === undefined ? "" : `\n    State  ${stateFile}   saved on exit, secrets included`}
${tls === null ? "" : describeTls(tls)}
  People (${isPasswordTheUsername ? "the password is the username" : "with their passwords"})
${people.map(person).join("\n")}

  OAuth clients
${clients.map(({ key, secret, scopes, callback_url }) => `    ${key}   ${secret}   ${scopes.join(" ")}   ${callback_url ?? "no callback URL"}`).join("\n")}

  Ctrl-C stops it.
`
}

function describeTls({ siteUrl, apiUrl, caFile }: NonNullable<Emulator["tls"]>): string {
  const variables = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"]
  return `
    TLS    ${siteUrl} and ${apiUrl}, once both names resolve to this machine
           and clients trust the emulator's own certificate authority:
${variables.map((variable) => `           export ${variable}=${caFile}`).join("\n")}
`
}

/** The error as one sentence, or null for a defect. */
function explain(error: unknown): string | null {
  if (error instanceof ListenError) return explainListening(error)
  const isExpected = [OptionError, SeedFileError, StateFileError, AuthorityError].some(
    (kind) => error instanceof kind,
  )
  return isExpected ? (error as Error).message : null
}

function explainListening({ code, listener, host, port }: ListenError): string {
  const options = {
    site: ["EMULATOR_SITE_PORT", "--site-port"],
    api: ["EMULATOR_API_PORT", "--api-port"],
    tls: ["--tls-port", "--tls-port"],
  }
  if (code === "EADDRINUSE") return `Port ${port} is in use: set ${options[listener][0]} to a free one.`
  if (code === "EACCES")
    return `Port ${port} is not this user's to take: set ${options[listener][1]} to one from 1024.`
  return `${host} is no address of this machine to listen on (${code}): set --host to one.`
}

try {
  await main()
} catch (error) {
  const sentence = explain(error)
  if (sentence === null) throw error
  console.error(sentence.trimEnd())
  process.exitCode = 1
}
