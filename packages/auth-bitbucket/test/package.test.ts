import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { rolldown } from "rolldown"
import { afterAll, beforeAll, expect, test } from "vitest"
import {
  installedFolder,
  type Packed,
  PROGRAM_OUTPUT,
  packageFolder,
  packInto,
  programs,
  programText,
  runIn,
  specifier,
} from "./packed-package.ts"

const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"))
const entries = Object.keys(manifest.exports)
  .filter((entry) => entry !== "./package.json")
  .map((entry) => entry.slice(2))

let packed: Packed
/** A developer's project: the package, its dependencies and its optional peer, and nothing else. */
let project = ""

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "auth-bitbucket-package-"))
  packed = packInto(project)
  const installed = installedFolder(project)
  mkdirSync(installed, { recursive: true })
  runIn(project, "tar", "-xzf", packed.filename, "--strip-components=1", "-C", installed)
  const usedByExamples = ["@auth/core", "pg", "@types/pg", "@types/node"]
  for (const name of [...Object.keys(manifest.dependencies), ...usedByExamples]) {
    const place = join(project, "node_modules", name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(folderOf(name), place)
  }
})

afterAll(() => {
  rmSync(project, { recursive: true, force: true })
})

function folderOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
  return folders.map((folder) => join(folder, name)).find((folder) => existsSync(folder)) ?? name
}

test("the package has each entry with its types, its README, changelog and licence, and no tests", () => {
  const paths = packed.files.map(({ path }) => path)
  for (const paper of ["README.md", "CHANGELOG.md", "LICENSE"]) expect(paths).toContain(paper)
  for (const entry of entries) {
    for (const extension of ["js", "d.ts"]) expect(paths).toContain(`dist/${entry}.${extension}`)
  }
  expect(paths.filter((path) => /\.test\.|simulation|scripts|node_modules|\.env|\/src\//.test(path))).toEqual(
    [],
  )
})

test("it takes less than 250 kB", () => {
  expect(packed.unpackedSize).toBeLessThan(250_000)
})

test("it has three dependencies, which have none, and installing it runs no script", () => {
  expect(Object.keys(manifest.dependencies)).toEqual(["jose", "oauth4webapi", "zod"])
  expect(manifest.peerDependenciesMeta).toEqual({ "@auth/core": { optional: true } })
  for (const name of Object.keys(manifest.dependencies)) {
    const { dependencies, scripts } = JSON.parse(readFileSync(join(folderOf(name), "package.json"), "utf8"))
    expect(Object.keys(dependencies ?? {}), name).toEqual([])
    expect(installScripts(scripts), name).toEqual([])
  }
  expect(installScripts(manifest.scripts)).toEqual([])
})

function installScripts(scripts: object = {}): string[] {
  return Object.keys(scripts).filter((name) => ["preinstall", "install", "postinstall"].includes(name))
}

test.each(programs)("a .%s file uses every entry", (extension) => {
  writeFileSync(join(project, `use.${extension}`), programText(extension))
  expect(runIn(project, process.execPath, `use.${extension}`)).toBe(PROGRAM_OUTPUT)
})

const TYPED_USE = `import { createClient } from "auth-bitbucket/client"
import { type ConnectionStore, createConnections, TokenUnavailableError } from "auth-bitbucket/connections"
import { createPostgresStore } from "auth-bitbucket/postgres"
import { verifyWebhook } from "auth-bitbucket/webhooks"
const store: ConnectionStore = createPostgresStore({ query: async () => ({ rows: [] }) })
const oauth = { url: "https://bitbucket.org/site/oauth2/access_token", clientId: "key", clientSecret: "secret" }
const connections = createConnections({ store, oauth, secrets: ["one secret"] })
const bitbucket = createClient({ getToken: (options) => connections.getToken("ada", options) })
export async function names(): Promise<string[]> {
  const found: string[] = []
  for await (const { slug } of bitbucket.repositories("acme")) found.push(slug)
  return found
}
export const wait = (error: unknown): number => error instanceof TokenUnavailableError ? error.retryAfterSeconds : 0
export const event: string = verifyWebhook({ secret: "secret", headers: new Headers(), body: "" }).event
// @ts-expect-error One secret at least.
createConnections({ store, oauth, secrets: [] })
`
const PROVIDER_USE = `import { Bitbucket } from "auth-bitbucket/provider"
export const provider = Bitbucket({ clientId: "key", clientSecret: "secret" })
`

const options = ["--strict", "--noEmit", "--target", "es2023", "--types", ""]
const nodenext = ["--module", "nodenext"]
const bundler = ["--module", "esnext", "--moduleResolution", "bundler"]

test.each([
  ["nodenext", "mts", nodenext],
  ["nodenext", "cts", nodenext],
  ["bundler", "ts", bundler],
])(
  "its types compile under %s in a .%s file, every library checked, without those of Node",
  (_name, extension, module) => {
    writeFileSync(join(project, `typed.${extension}`), TYPED_USE)
    expect(compile(...options, ...module, `typed.${extension}`)).toBe("")
  },
)

test.each([
  ["nodenext", nodenext],
  ["bundler", bundler],
])("the types of the provider compile under %s", (_name, module) => {
  writeFileSync(join(project, "provider.mts"), PROVIDER_USE)
  // The declarations of @auth/core itself compile under no setting without it.
  expect(compile(...options, ...module, "--skipLibCheck", "provider.mts")).toBe("")
})

test("the examples of the README compile", () => {
  const folder = join(project, "readme")
  mkdirSync(folder)
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
  const readme = readFileSync(join(packageFolder, "README.md"), "utf8")
  const files = [...readme.matchAll(/^```ts\n(?:\/\/ (\S+)\n)?([\s\S]*?)^```$/gm)].map(
    ([, name, text = ""], index) => {
      const file = join(folder, name ?? `example-${index}.ts`)
      writeFileSync(file, text)
      return file
    },
  )
  expect(files).toHaveLength(5)
  const withLibraries = ["--strict", "--noEmit", "--target", "es2023", "--skipLibCheck", "--types", "node"]
  expect(compile(...withLibraries, ...nodenext, ...files)).toBe("")
})

function compile(...args: string[]): string {
  const compiler = dirname(createRequire(import.meta.url).resolve("typescript/package.json"))
  return runIn(project, process.execPath, join(compiler, "bin", "tsc"), ...args)
}

test.each(entries)("a bundle that imports %s and uses nothing of it is empty", async (entry) => {
  expect(await bundle(`import ${specifier(entry)}`)).toBe("export {};")
})

test("a bundle that verifies webhooks holds nothing of the dependencies", async () => {
  const code = await bundle('export { verifyWebhook } from "auth-bitbucket/webhooks"')
  expect(code).toContain("timingSafeEqual")
  expect(code.length).toBeLessThan(8_000)
})

async function bundle(source: string): Promise<string> {
  const input = join(project, "bundled.js")
  writeFileSync(input, source)
  const built = await rolldown({ input, cwd: project, platform: "node", logLevel: "silent" })
  const { output } = await built.generate({ format: "esm" })
  await built.close()
  return output[0].code.trim()
}
