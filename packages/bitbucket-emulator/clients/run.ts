import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import process from "node:process"
import { createInterface, type Interface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Clock } from "../clock.ts"
import { type Emulator, type JournalRow, startEmulator } from "../index.ts"
import { UserAgent } from "../trace/user-agent.ts"

/**
 * `npm run clients -w bitbucket-emulator`: independent clients sign in at the emulator, and the results become the table
 * in the README. `-- --install` installs the Debian packages first.
 *
 * Each client is a program that prints `{"visit": ADDRESS}`, reads where that leads once a person has signed in and allowed,
 * and prints `{"version", "username"}` at the end. The table relies on the emulator's journal, not on the client's word.
 */
const FOLDER = fileURLToPath(new URL(".", import.meta.url))
const README = fileURLToPath(new URL("../README.md", import.meta.url))
const START = "<!-- clients: start, written by `npm run clients -w bitbucket-emulator` -->"
const END = "<!-- clients: end -->"

const CALLBACK = "http://localhost:3999/callback"
const TIMEOUT_MS = 120_000

const DEBIAN_PACKAGES = [
  "golang-github-gomodule-oauth1-dev",
  "golang-github-mrjones-oauth-dev",
  "golang-go",
  "golang-golang-x-oauth2-dev",
  "liblwp-authen-oauth2-perl",
  "libnet-oauth2-perl",
  "python3",
  "python3-authlib",
  "python3-flask-dance",
  "python3-requests-oauthlib",
  "python3-social-auth-core",
  "ruby",
  "ruby-oauth",
  "ruby-oauth2",
  "ruby-rack-oauth2",
]

interface Language {
  readonly name: string
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly clients: readonly string[]
}

const LANGUAGES: readonly Language[] = [
  {
    name: "JavaScript",
    command: [process.execPath, "node.mjs"],
    clients: [
      "@badgateway/oauth2-client",
      "arctic",
      "better-auth",
      "client-oauth2",
      "oauth",
      "oauth (1.0a)",
      "oauth4webapi",
      "openid-client",
      "passport-bitbucket-oauth20",
      "simple-oauth2",
    ],
  },
  {
    name: "Python",
    command: ["/usr/bin/python3", "python.py"],
    clients: ["Authlib", "Flask-Dance", "requests-oauthlib", "requests-oauthlib (1.0a)", "social-auth-core"],
  },
  {
    name: "Ruby",
    command: ["/usr/bin/ruby", "ruby.rb"],
    clients: ["oauth (1.0a)", "oauth2", "rack-oauth2"],
  },
  {
    name: "Go",
    command: ["/usr/bin/go", "run", "main.go"],
    environment: { GO111MODULE: "off", GOPATH: "/usr/share/gocode" },
    clients: ["github.com/gomodule/oauth1", "github.com/mrjones/oauth", "golang.org/x/oauth2"],
  },
  { name: "Perl", command: ["/usr/bin/perl", "perl.pl"], clients: ["LWP::Authen::OAuth2", "Net::OAuth2"] },
]

const OAUTH1_CLIENTS = new Set(["github.com/gomodule/oauth1", "github.com/mrjones/oauth"])

const CONTRACTS = ["2026", "2017"] as const

interface Outcome {
  readonly version: string
  /** As the table words it. */
  readonly flows: string
}

process.exitCode = await main()

async function main(): Promise<number> {
  if (!install(process.argv.includes("--install"))) return 1
  const emulator = await startEmulator({ port: 0, callbackUrl: "http://localhost" })
  const rows: string[][] = []
  const failures: string[] = []
  try {
    for (const language of LANGUAGES) {
      for (const client of language.clients) {
        const outcomes: Outcome[] = []
        for (const contract of CONTRACTS) {
          try {
            outcomes.push(await signIn(emulator, language, client, contract))
            console.log(`ok      ${contract}  ${language.name}  ${client}: ${outcomes.at(-1)?.flows}`)
          } catch (error) {
            failures.push(client)
            console.log(`FAILED  ${contract}  ${language.name}  ${client}: ${(error as Error).message}`)
          }
        }
        const [current, older] = outcomes
        if (current === undefined || older === undefined) continue
        const olderFlows = older.flows === current.flows ? "the same" : older.flows
        rows.push([language.name, client, current.version, current.flows, olderFlows])
      }
    }
  } finally {
    await emulator.close()
  }
  console.log(`${rows.length} passed, ${new Set(failures).size} failed`)
  if (failures.length > 0) return 1
  writeTable(rows)
  return 0
}

/** False if a package is missing that `--install` would have installed. */
function install(mayInstall: boolean): boolean {
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: FOLDER,
    stdio: "inherit",
  })
  if (npm.status !== 0) return false
  const missing = DEBIAN_PACKAGES.filter((name) => {
    const query = spawnSync("dpkg-query", ["--status", name], { encoding: "utf8" })
    return !/^Status: install ok installed$/m.test(query.stdout ?? "")
  })
  if (missing.length === 0) return true
  const command = ["apt-get", "install", "-y", "--no-install-recommends", ...missing]
  if (!mayInstall) {
    console.log(`Missing: run this, or pass --install:\n\n  sudo ${command.join(" ")}\n`)
    return false
  }
  const asRoot = process.getuid?.() === 0 ? command : ["sudo", ...command]
  const [program = "", ...parameters] = asRoot
  return spawnSync(program, parameters, { stdio: "inherit" }).status === 0
}

/** Runs one client, from nothing to the username it has read. */
async function signIn(
  emulator: Emulator,
  language: Language,
  client: string,
  contract: (typeof CONTRACTS)[number],
): Promise<Outcome> {
  const { siteUrl, apiUrl, control } = emulator
  const isOAuth1 = client.endsWith("(1.0a)") || OAUTH1_CLIENTS.has(client)
  await emulator.reset()
  await control.changeConfig({ contract, oauth1: isOAuth1 ? "on" : "gone" })
  const [program = "", ...parameters] = language.command
  const child = spawn(program, [...parameters, client], {
    cwd: FOLDER,
    env: {
      ...process.env,
      ...language.environment,
      SITE: siteUrl,
      API: apiUrl,
      KEY: "emulatorClientKey1",
      SECRET: "emulatorClientSecret123456789012",
      CALLBACK,
      CONTRACT: contract,
    },
    timeout: TIMEOUT_MS,
  })
  const said = await converse(child, async (address) => allow(new URL(here(address, siteUrl))))
  if (said.username !== "demo") throw new Error(`It read the username ${said.username}.`)
  const flows = flowsIn(await control.listRequests())
  if (!/code|three legs/.test(flows)) throw new Error("The emulator has not seen it sign in.")
  return { version: said.version, flows }
}

/** A client that hard-codes Bitbucket's addresses sends people there. */
function here(address: string, siteUrl: string): string {
  return address.replace(/^https:\/\/bitbucket\.org/, siteUrl)
}

interface Said {
  readonly version: string
  readonly username: string
}

async function converse(
  child: ChildProcessWithoutNullStreams,
  visit: (address: string) => Promise<URL>,
): Promise<Said> {
  let complaint = ""
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = `${complaint}${chunk}`.slice(-800)
  })
  const lines: Interface = createInterface({ input: child.stdout })
  for await (const line of lines) {
    if (!line.startsWith("{")) continue
    const message = JSON.parse(line) as Partial<Said> & { visit?: string }
    if (message.visit !== undefined) child.stdin.write(`${await visit(message.visit)}\n`)
    else if (message.version !== undefined && message.username !== undefined) {
      child.stdin.end()
      return { version: message.version, username: message.username }
    }
  }
  throw new Error(`It ended without a result. ${complaint}`)
}

/** Signs in and allows as a person would; returns where the browser ends. */
async function allow(address: URL): Promise<URL> {
  const agent = new UserAgent(new Clock())
  let answer = await agent.get(address)
  for (let step = 0; step < 10; step += 1) {
    if (answer.location?.href.startsWith(CALLBACK) || answer.location?.port === "3999") return answer.location
    if (answer.location !== null) {
      answer = await agent.get(answer.location)
      continue
    }
    const { pathname, searchParams } = answer.address
    const csrfmiddlewaretoken = agent.cookie(answer.address, "csrftoken") ?? ""
    const action: Record<string, string> = pathname.startsWith("/account/signin")
      ? { username: "demo", password: "demo", next: searchParams.get("next") ?? "" }
      : { ...Object.fromEntries(searchParams), action: "approve" }
    answer = await agent.post(new URL(pathname, answer.address), { csrfmiddlewaretoken, ...action })
  }
  throw new Error("The browser goes round in circles.")
}

/** The grants and responses of the emulator. */
function flowsIn(journal: readonly JournalRow[]): string {
  const good = journal.filter(({ status }) => status === 200)
  const has = (wanted: Partial<JournalRow>) =>
    good.filter((row) =>
      Object.entries(wanted).every(([name, value]) => row[name as keyof JournalRow] === value),
    ).length
  const userCalls = has({ path: "/2.0/user" })
  const isOAuth1 = has({ path: "/api/1.0/oauth/access_token" }) > 0
  const flows: [string, boolean][] = [
    ["code", has({ grant_type: "authorization_code" }) > 0],
    ["refresh", has({ grant_type: "refresh_token" }) > 0],
    ["client credentials", has({ grant_type: "client_credentials" }) > 0],
    ["password", has({ grant_type: "password" }) > 0],
    ["three legs", isOAuth1],
    // The consumer alone signed one of the two calls.
    ["two legs", isOAuth1 && userCalls > 1],
    ["user", userCalls > 0],
    ["emails", has({ path: "/2.0/user/emails" }) > 0],
  ]
  return flows.flatMap(([name, isSeen]) => (isSeen ? [name] : [])).join(", ")
}

function writeTable(rows: readonly (readonly string[])[]): void {
  const readme = readFileSync(README, "utf8")
  const startsAt = readme.indexOf(START)
  const endsAt = readme.indexOf(END)
  if (startsAt === -1 || endsAt === -1) throw new Error("The README has no markers for the clients' table.")
  const lines = [["Language", "Client", "Version", "`2026`", "`2017`"], ...rows]
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  const write = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`
  const [head = [], ...body] = lines
  const table = [head, widths.map((width) => "-".repeat(width)), ...body].map(write).join("\n")
  writeFileSync(README, `${readme.slice(0, startsAt)}${START}\n\n${table}\n\n${readme.slice(endsAt)}`)
}
