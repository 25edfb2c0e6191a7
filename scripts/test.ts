import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { ensureBrowser } from "./browser"
import { type Counts, runChecks } from "./checks"
import { exitOnceWritten } from "./command-line"
import { run } from "./run"
import { ensurePrograms } from "./system-programs"

type Suite = { summary: string; command: string[]; needsBrowser?: true }

const playwright = ["npm", "run", "--silent", "test:e2e", "--"]

/** What `npm test -- SUITE` runs. Further arguments go to the suite's program. */
const suites: Record<string, Suite> = {
  unit: { summary: "unit and flow tests", command: ["vitest", "run"] },
  emulator: {
    summary: "the emulator's tests",
    command: ["vitest", "run", "--config", "packages/bitbucket-emulator/vitest.config.ts"],
  },
  foreign: {
    summary:
      "programs of other people at an emulated bitbucket.org, and the emulator's recipes; installs them",
    command: ["vitest", "run", "--config", "packages/bitbucket-emulator/vitest.foreign.config.ts"],
  },
  simulation: {
    summary:
      "the connections in virtual time: 100,000 random schedules, every order of a few servers, planted faults",
    command: ["tsx", "packages/auth-bitbucket/simulation/run.ts"],
  },
  security: {
    summary: "the security catalogue with its count; --write also writes docs/security.md",
    command: ["tsx", "scripts/security.ts"],
    needsBrowser: true,
  },
  docs: {
    summary: "the commands and the links of the documentation",
    command: [...playwright, "--project=journeys", "e2e/docs.spec.ts"],
    needsBrowser: true,
  },
  runbooks: {
    summary: "the runbooks",
    command: [...playwright, "--project=journeys", "e2e/runbooks.spec.ts"],
    needsBrowser: true,
  },
  deploy: {
    summary: "two servers of the standalone build behind nginx, and a rolling restart under load",
    command: [...playwright, "--config", "e2e/deploy/deploy.config.ts"],
    needsBrowser: true,
  },
  vercel: {
    summary: "what `vercel build` makes of this repository, inspected and signed in to",
    command: [...playwright, "--config", "e2e/vercel/vercel.config.ts"],
    needsBrowser: true,
  },
  "examples-existing": {
    summary: "docs/use-in-your-app.md, followed in a new app and in examples/existing-authjs",
    command: [...playwright, "--config", "e2e/in-your-app/in-your-app.config.ts"],
    needsBrowser: true,
  },
  examples: {
    summary:
      "examples/express and examples/background-job with the packed packages, and the looks of registry/",
    command: [...playwright, "--config", "e2e/examples/examples.config.ts"],
    needsBrowser: true,
  },
  "first-steps": {
    summary: "the first commands of the README in an empty folder, from git clone and from create-next-app",
    command: ["tsx", "scripts/first-steps.ts"],
  },
  "without-legacy": {
    summary: "checks, unit tests and build without the legacy sign-in",
    command: ["tsx", "scripts/without-legacy-sign-in.ts"],
  },
}

const usage = `Usage: npm test [-- SUITE [ARGUMENTS…]]

Without a suite: every check, the unit tests, the emulator's tests and the browser tests, and one line with the sums.

${Object.entries(suites)
  .map(([name, { summary }]) => `  ${name.padEnd(17)} ${summary}`)
  .join("\n")}

One file or one test: \`npx vitest run PATH [-t NAME]\`, \`npm run test:e2e -- PATH\`.`

const [name, ...args] = process.argv.slice(2)
if (name === undefined) await runEverything()
else if (name === "--help") console.log(usage)
else await runSuite(name)

async function runSuite(name: string): Promise<never> {
  const suite = Object.hasOwn(suites, name) ? suites[name] : undefined
  if (!suite) {
    console.error(`There is no suite ${name}.\n\n${usage}`)
    process.exit(2)
  }
  if (suite.needsBrowser) await ensureBrowser()
  process.exit((await run([...suite.command, ...args])).exitCode)
}

/**
 * The browser tests wait for pages and timeouts, the others for Postgres and programs: side by side they keep two cores
 * busy to the end. What the others print follows when they have ended.
 */
async function runEverything(): Promise<void> {
  const reports = await mkdtemp(path.join(tmpdir(), "test-reports-"))
  const checks = await runChecks()
  await ensureBrowser()
  await ensurePrograms()
  // The emulator's tests and the simulation compute; the unit tests often wait.
  const computing = async () => [await runVitest("emulator", reports), await runSimulation(reports)]
  const results: Counts[] = [
    checks,
    ...(await Promise.all([computing(), runVitest("unit", reports), runPlaywright(reports)])).flat(),
  ]
  await rm(reports, { recursive: true, force: true })

  const passed = results.reduce((sum, counts) => sum + counts.passed, 0)
  const failed = results.reduce((sum, counts) => sum + counts.failed, 0)
  console.log(`\n${passed} passed, ${failed} failed`)
  exitOnceWritten(failed === 0 ? 0 : 1)
}

async function runVitest(name: "unit" | "emulator", reports: string): Promise<Counts> {
  const { summary = name, command = [] } = suites[name] ?? {}
  const report = path.join(reports, `${name}.json`)
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
  const { exitCode, output } = await run([...command, ...reporters], { isQuiet: true })
  console.log(`\n--- ${summary}\n${output}`)
  const result = await readReport<{ numPassedTests: number; numFailedTests: number }>(report)
  return sums(exitCode, result && { passed: result.numPassedTests, failed: result.numFailedTests })
}

async function runSimulation(reports: string): Promise<Counts> {
  const { command = [] } = suites.simulation ?? {}
  const report = path.join(reports, "simulation.json")
  const { exitCode, output } = await run([...command, "--quick", "--report", report], { isQuiet: true })
  console.log(`\n--- the connections in virtual time, in short\n${output}`)
  return sums(exitCode, await readReport<Counts>(report))
}

async function runPlaywright(reports: string): Promise<Counts> {
  console.log("\n--- browser tests, with the others in parallel")
  const report = path.join(reports, "playwright.json")
  const { exitCode } = await run([...playwright, "--reporter=list,json"], {
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
