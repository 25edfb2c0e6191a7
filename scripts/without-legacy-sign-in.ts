import { cp, readFile, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import { buildCopy, copyNextTo } from "./repository-copy"
import { run } from "./run"

/**
 * `npm run test:without-legacy`: takes the legacy sign-in out of a copy of this project, as a fork that does not want
 * it would (docs/legacy-sign-in.md), and runs the checks, the unit tests and the build of what is left.
 */
const folders = ["lib/oauth1", "app/oauth1", "e2e/oauth1", "scripts/oauth1"]

const copy = await copyNextTo("without-legacy-sign-in")
for (const folder of folders) await rm(path.join(copy, folder), { recursive: true })
await removeLines("instrumentation.ts", 1)

const steps: [name: string, command: string[]][] = [
  ["format and lint", ["biome", "check", "--error-on-warnings", "--vcs-enabled=false"]],
  ["dead code", ["knip", "--config", "scripts/knip.json", "--no-gitignore"]],
  ["route types", ["next", "typegen"]],
  ["types", ["tsc", "--noEmit"]],
  ["unit tests", ["vitest", "run"]],
]
const lockfile = path.join(copy, "package-lock.json")
await cp("package-lock.json", lockfile)
for (const [name, command] of steps) {
  const { exitCode, output } = await run(command, { isQuiet: true, cwd: copy })
  if (exitCode !== 0) fail(name, output)
  const [sums = ""] = /Tests .*passed.*/.exec(output) ?? []
  console.log(`ok     ${name} ${sums}`)
}
await rm(lockfile)
buildCopy(copy)
console.log("ok     build")

async function removeLines(file: string, count: number): Promise<void> {
  const lines = (await readFile(path.join(copy, file), "utf8")).split("\n")
  const left = lines.filter((line) => !/(lib|scripts)\/oauth1\//.test(line))
  if (lines.length - left.length !== count)
    fail(file, `${lines.length - left.length} lines name a folder of the legacy sign-in`)
  await writeFile(path.join(copy, file), left.join("\n"))
}

function fail(name: string, output: string): never {
  console.log(`FAILED ${name}\n${output}`)
  process.exit(1)
}
