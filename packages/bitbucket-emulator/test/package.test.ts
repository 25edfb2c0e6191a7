import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type ChildServer, startChildServer } from "../bench/child-server.ts"
import { createControlClient } from "../client.ts"

const root = fileURLToPath(new URL("..", import.meta.url))

interface Packed {
  readonly filename: string
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

let packed: Packed
/** A separate project that has the package installed, with only its dependencies. */
let project = ""

/** The package as it would be published, unpacked away from this repository. */
beforeAll(() => {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "pipe" })
  project = mkdtempSync(join(tmpdir(), "emulator-package-"))
  const asked = ["pack", "--json", "--ignore-scripts", "--pack-destination", project]
  const printed = execFileSync("npm", asked, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  })
  packed = JSON.parse(printed)[0]
  const installed = join(project, "node_modules", "bitbucket-emulator")
  mkdirSync(installed, { recursive: true })
  execFileSync("tar", ["-xzf", packed.filename, "--strip-components=1", "-C", installed], { cwd: project })
  const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"))
  for (const name of Object.keys(dependencies)) {
    const place = join(project, "node_modules", name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(folderOf(name), place)
  }
}, 120_000)

afterAll(() => {
  rmSync(project, { recursive: true, force: true })
})

function folderOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
  const found = folders.map((folder) => join(folder, name)).find((folder) => existsSync(folder))
  return found ?? name
}

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: project, encoding: "utf8" })
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}

test("the package contains the program, its types, its seed and its documents, and no tests", () => {
  const paths = packed.files.map(({ path }) => path)
  const papers = ["README.md", "CHANGELOG.md", "LICENSE", "dist/THIRD-PARTY-LICENSES"]
  for (const needed of [...papers, "dist/cli.js", "dist/seed/default.yaml"]) expect(paths).toContain(needed)
  for (const name of ["index", "client", "next"]) {
    for (const kind of ["js", "cjs", "d.ts", "d.cts"]) expect(paths).toContain(`dist/${name}.${kind}`)
  }
  expect(paths.filter((path) => /test|bench|scripts|node_modules|\.env|browser\.js/.test(path))).toEqual([])
})

test("it takes less than 2 MB and has at most five dependencies, none of which runs a script at install", () => {
  expect(packed.unpackedSize).toBeLessThan(2_000_000)
  const { dependencies, scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  expect(Object.keys(dependencies).length).toBeLessThanOrEqual(5)
  for (const name of Object.keys(dependencies)) {
    const manifest = JSON.parse(readFileSync(join(folderOf(name), "package.json"), "utf8"))
    expect(Object.keys(manifest.dependencies ?? {}), name).toEqual([])
    expect(Object.keys(manifest.scripts ?? {}), name).not.toContain("postinstall")
    expect(Object.keys(manifest.scripts ?? {}), name).not.toContain("install")
  }
  expect(Object.keys(scripts)).not.toContain("postinstall")
})

const IN_PROCESS = `startEmulator({ port: 0 }).then(async ({ siteUrl, close }) => {
  console.log((await createControlClient(siteUrl).health()).status)
  await close()
})`

test.each([
  [
    "import",
    "mjs",
    'import { startEmulator } from "bitbucket-emulator"\nimport { createControlClient } from "bitbucket-emulator/client"',
  ],
  [
    "require",
    "cjs",
    'const { startEmulator } = require("bitbucket-emulator")\nconst { createControlClient } = require("bitbucket-emulator/client")',
  ],
])("%s starts an emulator in process", (_way, extension, head) => {
  writeFileSync(join(project, `start.${extension}`), `${head}\n${IN_PROCESS}\n`)
  expect(run(process.execPath, `start.${extension}`)).toBe("ok\n")
})

test.each([
  ["mjs", 'import { createRouteHandler } from "bitbucket-emulator/next"'],
  ["cjs", 'const { createRouteHandler } = require("bitbucket-emulator/next")'],
])("the route handler for Next answers where only the package is installed (.%s)", (extension, head) => {
  writeFileSync(
    join(project, `next.${extension}`),
    `${head}
const state = { read: async () => null, write: async () => true }
const answer = createRouteHandler({ baseUrl: "https://a.example/b", callbackUrl: "https://a.example", state })
answer(new Request("https://a.example/b/site/")).then(({ status }) => console.log(status))
`,
  )
  expect(run(process.execPath, `next.${extension}`)).toBe("200\n")
})

test.each(["mts", "cts"])(
  "its types compile in a .%s file, every library checked, without those of Node",
  (extension) => {
    const compiler = dirname(createRequire(import.meta.url).resolve("typescript/package.json"))
    writeFileSync(
      join(project, `use.${extension}`),
      `import { type Emulator, type SeedInput, startEmulator } from "bitbucket-emulator"
import { createControlClient } from "bitbucket-emulator/client"
import { createRouteHandler, postgresState } from "bitbucket-emulator/next"
const state = postgresState(async () => ({ rows: [], rowCount: 0 }))
export const answer = createRouteHandler({ baseUrl: "https://a.example/b", callbackUrl: "https://a.example", state })
const seed: SeedInput = { people: [{ username: "ada", password: "lovelace" }] }
export async function use(): Promise<string> {
  const emulator: Emulator = await startEmulator({ port: 0, seed, config: { contract: "2017" } })
  await createControlClient(emulator.siteUrl).advanceClock("2h")
  return emulator.siteUrl
}
// @ts-expect-error A port is a number.
export const wrong = () => startEmulator({ sitePort: "4100" })
`,
    )
    const options = ["--strict", "--noEmit", "--target", "es2023", "--module", "nodenext"]
    const file = `use.${extension}`
    expect(run(process.execPath, join(compiler, "bin", "tsc"), ...options, "--types", "", file)).toBe("")
  },
)

describe("the built program", () => {
  async function withProgram<Result>(look: (server: ChildServer) => Promise<Result>): Promise<Result> {
    const server = await startChildServer(join(project, "node_modules/bitbucket-emulator/dist/cli.js"))
    try {
      return await look(server)
    } finally {
      await server.stop()
    }
  }

  test.skipIf(process.platform === "win32")("takes less than 90 MB while it idles", async () => {
    const kilobytes = await withProgram(async ({ url, child }) => {
      await createControlClient(url).health()
      return Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" }))
    })
    expect(kilobytes).toBeGreaterThan(10_000)
    expect(kilobytes / 1024).toBeLessThan(90)
  })
})
