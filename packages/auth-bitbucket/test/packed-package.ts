import { execFileSync, spawnSync } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const packageFolder = fileURLToPath(new URL("..", import.meta.url))

export type Packed = {
  filename: string
  unpackedSize: number
  files: { path: string }[]
}

/** Builds the package and packs it into a folder, as it would be published. */
export function packInto(folder: string): Packed {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: packageFolder, stdio: "pipe" })
  const printed = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: packageFolder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  })
  return JSON.parse(printed)[0]
}

/** @throws Error with what the program printed, unless it ended well */
export function runIn(folder: string, program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8" })
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}

const entries = ["client", "connections", "postgres", "provider", "webhooks"] as const

/** What a program imports, in quotes. */
export const specifier = (entry: string) => JSON.stringify(`auth-bitbucket/${entry}`)

/** How a program imports an entry, by the extension of its file. */
const heads = {
  mjs: (entry: string) => `import * as ${entry} from ${specifier(entry)}`,
  cjs: (entry: string) => `const ${entry} = require(${specifier(entry)})`,
}

export const programs = Object.keys(heads) as (keyof typeof heads)[]

/** A program that uses every entry, and prints `PROGRAM_OUTPUT` if all do what they should. */
export function programText(extension: keyof typeof heads): string {
  return `${entries.map(heads[extension]).join("\n")}
${USE_OF_EVERY_ENTRY}`
}

const USE_OF_EVERY_ENTRY = `
const assert = process.getBuiltinModule("node:assert/strict")
const secrets = ["a secret of thirty-two characters"]
const oauth = { url: "https://bitbucket.org/site/oauth2/access_token", clientId: "key", clientSecret: "secret" }

async function use() {
  const { id, checks } = provider.Bitbucket({ clientId: "key", clientSecret: "secret" })
  assert.deepEqual([id, checks], ["bitbucket", ["pkce", "state"]])

  const kept = connections.createConnections({ store: connections.createMemoryStore(), oauth, secrets })
  await kept.save({ access_token: "access", refresh_token: "refresh", token_type: "bearer", expires_in: 7200 }, "ada")
  await assert.rejects(kept.getToken("bob"), connections.UserAuthorizationRequiredError)

  const bitbucket = client.createClient({
    getToken: (options) => kept.getToken("ada", options),
    fetch: async (_url, { headers }) => Response.json({ seen: new Headers(headers).get("authorization") }),
  })
  assert.deepEqual(await (await bitbucket.request("GET", "/2.0/addon")).json(), { seen: "Bearer access" })

  const store = postgres.createPostgresStore({ query: async () => ({ rows: [] }) })
  assert.equal(await store.read("ada"), null)

  // The example of https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/
  const signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
  const headers = { "x-hub-signature": signature, "x-event-key": "repo:push" }
  const received = () => webhooks.verifyWebhook({ secret: "It's a Secret to Everybody", headers, body: "Hello World!" })
  assert.throws(received, { code: "body_unreadable" })
  console.log("every entry works")
}

use().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
`

export const PROGRAM_OUTPUT = "every entry works\n"

/** Where an installed package of a project is. */
export const installedFolder = (project: string) => join(project, "node_modules", "auth-bitbucket")
