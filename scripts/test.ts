import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { ensureBrowser } from "./browser"
import { type Counts, runChecks } from "./checks"
import { run } from "./run"
import { ensurePrograms } from "./system-programs"

/** `npm test`: every check, then every test, and one line with the sums at the end. */
const reports = await mkdtemp(path.join(tmpdir(), "test-reports-"))
const suites: Counts[] = [await runChecks()]
await ensureBrowser()
await ensurePrograms()
suites.push(await runVitest("unit and flow tests", "vitest.config.ts"))
suites.push(await runVitest("tests of the emulator", "packages/bitbucket-emulator/vitest.config.ts"))
suites.push(await runPlaywright())
await rm(reports, { recursive: true, force: true })

const passed = suites.reduce((sum, counts) => sum + counts.passed, 0)
const failed = suites.reduce((sum, counts) => sum + counts.failed, 0)
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

async function runVitest(name: string, config: string): Promise<Counts> {
  console.log(`\n--- ${name}`)
  const report = path.join(reports, `${path.dirname(config).replaceAll("/", "-")}.json`)
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
  const { exitCode } = await run(["vitest", "run", "--config", config, ...reporters])
  const result = await readReport<{ numPassedTests: number; numFailedTests: number }>(report)
  return sums(exitCode, result && { passed: result.numPassedTests, failed: result.numFailedTests })
}

async function runPlaywright(): Promise<Counts> {
  console.log("\n--- browser tests")
  const report = path.join(reports, "playwright.json")
  const { exitCode } = await run(["npm", "run", "--silent", "test:e2e", "--", "--reporter=list,json"], {
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  })
  const result = await readReport<{ stats: { expected: number; unexpected: number; flaky: number } }>(report)
  const { stats } = result ?? {}
  return sums(exitCode, stats && { passed: stats.expected, failed: stats.unexpected + stats.flaky })
}

/** A suite that ended badly without a failed test (it did not load, it crashed) counts as one failure. */
function sums(exitCode: number, counts: Counts | undefined): Counts {
  if (!counts) return { passed: 0, failed: 1 }
  const isUnexplained = exitCode !== 0 && counts.failed === 0
  return isUnexplained ? { ...counts, failed: 1 } : counts
}

async function readReport<Report>(file: string): Promise<Report | undefined> {
  return readFile(file, "utf8").then(
    (text) => JSON.parse(text) as Report,
    () => undefined,
  )
}
