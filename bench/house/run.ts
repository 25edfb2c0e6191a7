import { execFileSync, spawn, spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { availableParallelism, loadavg, tmpdir } from "node:os"
import path from "node:path"
import { parseArgs } from "node:util"
import { markdownTable } from "../../scripts/markdown-table"
import { freePort } from "../../scripts/server-process"
import { type FolderSize, measureSources, median, type Sources } from "./sources"

const usage = `Usage: npm run bench -- house [--before REF] [--after REF] [--rounds N] [--sources-only] [--with-tests]

Compares two commits of this repository in fresh clones, in turn, on this machine: the size of the sources, npm ci, the
demo, npm run check and one unit test by name. Prints a table and writes bench/results/house.json.

  --before REF    the older commit, d786fec by default
  --after REF     the newer commit, HEAD by default
  --rounds N      how often each command is timed; the table shows the median. 3 by default
  --sources-only  counts files, and runs nothing
  --with-tests    times npm test too, once`

const { values: options } = parseArgs({
  options: {
    before: { type: "string", default: "d786fec" },
    after: { type: "string", default: "HEAD" },
    rounds: { type: "string", default: "3" },
    "sources-only": { type: "boolean", default: false },
    "with-tests": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
})
if (options.help) {
  console.log(usage)
  process.exit(0)
}

const DEMO_PATIENCE_MS = 300_000
/** A pure unit test that both commits have. */
const UNIT_TEST = "time-text.test.ts"

type Version = {
  ref: string
  clone: string
  sources: Sources
  seconds: Record<string, number[]>
  bytes: number
  packages: number
}

const folder = await mkdtemp(path.join(tmpdir(), "house-"))
const versions = [cloneOf("before", options.before), cloneOf("after", options.after)] as const
try {
  if (!options["sources-only"]) await measureCommands()
  console.log(report())
  if (!options["sources-only"])
    await writeFile("bench/results/house.json", `${JSON.stringify(results(), null, 2)}\n`)
} finally {
  await rm(folder, { recursive: true, force: true })
}

function cloneOf(name: string, revision: string): Version {
  const ref = git(["rev-parse", "--short", revision])
  const clone = path.join(folder, name)
  git(["clone", "--quiet", "--no-checkout", process.cwd(), clone])
  execFileSync("git", ["checkout", "--quiet", git(["rev-parse", revision])], { cwd: clone })
  return { ref, clone, sources: measureSources(clone), seconds: {}, bytes: 0, packages: 0 }
}

function git(args: string[]): string {
  return execFileSync("git", args, { encoding: "utf8" }).trim()
}

/** Alternates between before and after, so that other load on the machine affects both. */
async function measureCommands(): Promise<void> {
  // Fills npm's cache, so that no measured install waits for the network.
  for (const version of versions) command(version, "npm", ["ci"])
  await inTurn("npm ci", (version) => {
    removeFrom(version, "node_modules")
    return timed(() => command(version, "npm", ["ci"]))
  })
  for (const version of versions) {
    version.bytes =
      Number(
        spawnSync("du", ["-sk", "node_modules"], { cwd: version.clone, encoding: "utf8" }).stdout.split(
          "\t",
        )[0],
      ) * 1024
    const { packages } = JSON.parse(
      readFileSync(path.join(version.clone, "node_modules/.package-lock.json"), "utf8"),
    )
    version.packages = Object.keys(packages).length
  }
  await inTurn("npm run demo, clean clone", (version) => {
    removeFrom(version, ".next", ".data")
    return demo(version)
  })
  await inTurn("npm run demo, with a build", demo)
  await inTurn("npm run check", (version) => timed(() => command(version, "npm", ["run", "check"])))
  await inTurn("one unit test by name", (version) => {
    const [file = ""] = execFileSync("git", ["ls-files", `*${UNIT_TEST}`], {
      cwd: version.clone,
      encoding: "utf8",
    }).split("\n")
    return timed(() => command(version, "npx", ["vitest", "run", file]))
  })
  if (options["with-tests"])
    for (const version of versions) {
      const seconds = timed(() => testEverything(version))
      version.seconds["npm test"] = [seconds]
      console.error(`npm test, ${version.ref}: ${seconds.toFixed(1)} s`)
    }
}

async function inTurn(what: string, measure: (version: Version) => number | Promise<number>): Promise<void> {
  for (let round = 0; round < Number(options.rounds); round++)
    for (const version of versions) {
      const seconds = await measure(version)
      version.seconds[what] = [...(version.seconds[what] ?? []), seconds]
      console.error(`${what}, ${version.ref}: ${seconds.toFixed(1)} s`)
    }
}

function timed(run: () => void): number {
  const startedAt = performance.now()
  run()
  return (performance.now() - startedAt) / 1_000
}

/** @throws Error with its output if it fails: a command that fails early is not a fast one */
function command({ clone, ref }: Version, program: string, args: string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: clone,
    encoding: "utf8",
    maxBuffer: 1e9,
  })
  if (status !== 0)
    throw new Error(`${program} ${args.join(" ")} failed at ${ref}:\n${(stdout + stderr).slice(-4_000)}`)
}

/** A run that reached its last line counts even if a test failed. @throws Error if it did not get there */
function testEverything({ clone, ref }: Version): void {
  const { stdout, stderr } = spawnSync("npm", ["test"], { cwd: clone, encoding: "utf8", maxBuffer: 1e9 })
  const [sums] = /^\d+ passed, \d+ failed$/m.exec(stdout.slice(-500)) ?? []
  if (!sums) throw new Error(`npm test did not finish at ${ref}:\n${(stdout + stderr).slice(-4_000)}`)
  console.error(`npm test, ${ref}: ${sums}`)
}

function removeFrom({ clone }: Version, ...names: string[]): void {
  for (const name of names)
    if (existsSync(path.join(clone, name))) execFileSync("rm", ["-rf", name], { cwd: clone })
}

/** Seconds until the demo says that it is ready; then it is stopped. */
async function demo({ clone, ref }: Version): Promise<number> {
  const names = ["PORT", "EMULATOR_SITE_PORT", "EMULATOR_API_PORT", "POSTGRES_PORT"]
  const ports = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, String(await freePort())] as const)),
  )
  const startedAt = performance.now()
  const child = spawn("npm", ["run", "demo"], {
    cwd: clone,
    env: { ...process.env, ...ports },
    detached: true,
  })
  const ended = new Promise((resolve) => child.once("close", resolve))
  let output = ""
  const seconds = await new Promise<number>((resolve, reject) => {
    const giveUp = (reason: string) => reject(new Error(`The demo of ${ref} ${reason}:\n${output}`))
    const timer = setTimeout(() => giveUp("is not ready in time"), DEMO_PATIENCE_MS)
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        output += chunk
        if (!output.includes("Ready.")) return
        clearTimeout(timer)
        resolve((performance.now() - startedAt) / 1_000)
      })
    void ended.then(() => giveUp("ended"))
  }).finally(() => {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, "SIGINT")
  })
  await ended
  return seconds
}

function results() {
  const [before, after] = versions.map(({ ref, sources, seconds, bytes, packages }) => ({
    ref,
    sources,
    seconds,
    bytes,
    packages,
  }))
  const machine = {
    node: process.version,
    cores: availableParallelism(),
    load: loadavg().map((load) => Number(load.toFixed(1))),
  }
  return { measuredAt: new Date().toISOString(), machine, before, after }
}

function report(): string {
  const [before, after] = versions
  const row = (what: string, one: number, other: number, unit = "") => [
    what,
    `${one}${unit}`,
    `${other}${unit}`,
    one === 0 ? "" : `${Math.round((100 * other) / one)} %`,
  ]
  const rows = [
    row("items at the root", before.sources.rootItems, after.sources.rootItems),
    row("npm scripts", before.sources.npmScripts, after.sources.npmScripts),
    row("entries of the lockfile", before.sources.lockfileEntries, after.sources.lockfileEntries),
  ]
  if (before.bytes > 0) {
    rows.push(row("packages that npm ci installs", before.packages, after.packages))
    rows.push(row("node_modules", toMegabytes(before.bytes), toMegabytes(after.bytes), " MB"))
  }
  for (const what of Object.keys(before.seconds)) {
    const [one = 0, other = 0] = [before, after].map(({ seconds }) =>
      Number(median(seconds[what] ?? []).toFixed(1)),
    )
    rows.push(row(what, one, other, " s"))
  }
  const none: FolderSize = { files: 0, lines: 0, median: 0 }
  const cells = ({ files, lines, median }: FolderSize) => [files, lines, median].map(String)
  const names = new Set([before, after].flatMap(({ sources }) => Object.keys(sources.folders)))
  const folders = [...names]
    .sort()
    .map((name) => [
      name,
      ...cells(before.sources.folders[name] ?? none),
      ...cells(after.sources.folders[name] ?? none),
    ])
  return [
    markdownTable(["", before.ref, after.ref, "after, of before"], rows),
    "",
    markdownTable(["folder", "files before", "lines", "median", "files after", "lines", "median"], folders),
  ].join("\n")
}

/** Megabytes, as `du -m` counts them. */
function toMegabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024)
}
