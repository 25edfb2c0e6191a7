import { execFileSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { build, type Plugin } from "rolldown"
import { readDefaultSeed } from "../default-seed.ts"
import manifest from "../package.json" with { type: "json" }

/**
 * `npm run build`: writes the published files into `dist`. The program is one file with its dependencies inside, because
 * opening two hundred files takes most of the start-up time. The library comes as ES modules and, for test runners
 * without support for them, as CommonJS.
 */
const root = fileURLToPath(new URL("..", import.meta.url))
const dist = join(root, "dist")
const library = {
  index: join(root, "index.ts"),
  client: join(root, "client.ts"),
  next: join(root, "next.ts"),
}
const dependencies = Object.keys(manifest.dependencies)
/** Loaded with `--tls` only, and as slow to load as all the rest. */
const apart = ["node-forge"]

const seedInside: Plugin = {
  name: "default seed inside",
  load(id) {
    if (id !== join(root, "default-seed.ts")) return undefined
    return `export const readDefaultSeed = () => (${JSON.stringify(readDefaultSeed())})`
  },
}

rmSync(dist, { recursive: true, force: true })
await bundleProgram()
await bundleLibrary()
writeDeclarations()
cpSync(join(root, "seed"), join(dist, "seed"), { recursive: true })

async function bundleProgram(): Promise<void> {
  await build({
    cwd: root,
    input: { cli: join(root, "cli.ts") },
    platform: "node",
    external: apart,
    plugins: [seedInside],
    output: { dir: dist, format: "esm", codeSplitting: false },
    logLevel: "warn",
  })
  const inside = dependencies.filter((name) => !apart.includes(name))
  writeFileSync(join(dist, "THIRD-PARTY-LICENSES"), inside.map(licenseOf).join("\n\n"))
}

async function bundleLibrary(): Promise<void> {
  const external = dependencies.map((name) => new RegExp(`^${name}(/|$)`))
  for (const [format, extension] of [
    ["esm", "js"],
    ["cjs", "cjs"],
  ] as const) {
    const names = `[name].${extension}`
    await build({
      cwd: root,
      input: library,
      platform: "node",
      external,
      plugins: [seedInside],
      output: { dir: dist, format, entryFileNames: names, chunkFileNames: `shared.${extension}` },
      logLevel: "warn",
    })
  }
}

/** The declaration files that the entries need, once for each kind of module. */
function writeDeclarations(): void {
  const drafts = mkdtempSync(join(tmpdir(), "emulator-declarations-"))
  const compiler = createRequire(import.meta.url).resolve("typescript/package.json")
  const tsc = join(dirname(compiler), "bin", "tsc")
  execFileSync(process.execPath, [tsc, "-p", join(root, "tsconfig.build.json"), "--outDir", drafts], {
    stdio: "inherit",
  })
  const wanted = Object.keys(library).map((name) => join(drafts, `${name}.d.ts`))
  for (const file of wanted) {
    const text = readFileSync(file, "utf8")
    for (const [, specifier = ""] of text.matchAll(/(?:from |import\()"(\.[^"]+)\.ts"/g)) {
      const target = join(dirname(file), `${specifier}.d.ts`)
      if (!wanted.includes(target)) wanted.push(target)
    }
    const place = join(dist, relative(drafts, file))
    mkdirSync(dirname(place), { recursive: true })
    const namedFor = (extension: string) =>
      text.replaceAll(/(from |import\()"(\.[^"]+)\.ts"/g, `$1"$2.${extension}"`)
    writeFileSync(place, namedFor("js"))
    writeFileSync(place.replace(/\.d\.ts$/, ".d.cts"), namedFor("cjs"))
  }
  rmSync(drafts, { recursive: true })
}

function licenseOf(name: string): string {
  const folder = folderOf(name)
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  return `${name} ${version}\n\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}\n`
}

function folderOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
  const found = folders.map((folder) => join(folder, name)).find((folder) => existsSync(folder))
  if (found === undefined) throw new Error(`${name} is not installed`)
  return found
}
