import { findAvoidedWordsIn } from "./glossary-words"
import { run } from "./run"
import { packagesBelow, readFloorAndLockfile } from "./version-floor"

export type Counts = { passed: number; failed: number }

type Check = { name: string; run: () => Promise<{ exitCode: number; output: string }> }

const caches = "node_modules/.cache/check"

/** What the source must satisfy before anything runs: two lists, side by side. */
const checks: Check[][] = [
  [
    program("format and lint", "biome", "check", "--error-on-warnings"),
    program("dead code", "knip", "--config", "scripts/knip.json", "--cache", "--cache-location", caches),
    { name: "words of the glossary", run: checkWords },
    { name: "versions that advisories ask for", run: checkVersions },
  ],
  [
    program("route types", "next", "typegen"),
    types("the app and the bench", "bench"),
    types("the emulator", "packages/bitbucket-emulator"),
    types("auth-bitbucket", "packages/auth-bitbucket"),
  ],
]

/** Runs every check, prints one line each, and the output of those that fail. */
export async function runChecks(): Promise<Counts> {
  const counts = { passed: 0, failed: 0 }
  for (const result of checks.flatMap(runInTurn)) {
    const { name, exitCode, output, seconds } = await result
    counts[exitCode === 0 ? "passed" : "failed"]++
    console.log(`${exitCode === 0 ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)`)
    if (exitCode !== 0) console.log(output.trim())
  }
  return counts
}

function runInTurn(list: Check[]) {
  let previous: Promise<unknown> = Promise.resolve()
  return list.map(({ name, run }) => {
    const result = previous.then(async () => {
      const startedAt = performance.now()
      return { name, ...(await run()), seconds: (performance.now() - startedAt) / 1_000 }
    })
    previous = result
    return result
  })
}

function program(name: string, ...command: string[]): Check {
  return { name, run: () => run(command, { isQuiet: true }) }
}

/** Only what changed since the last run is checked again. By one checker: several repeat much of each other's work. */
function types(what: string, project: string): Check {
  const memory = `${caches}/${project.replace(/\W/g, "-")}.tsbuildinfo`
  return program(
    `types of ${what}`,
    ...["tsc", "--noEmit", "--checkers", "1", "-p", project, "--incremental", "--tsBuildInfoFile", memory],
  )
}

async function checkWords() {
  return resultOf(
    (await findAvoidedWordsIn()).map(
      ({ file, line, word, use, text }) => `${file}:${line}  ${word} -> ${use}\n    ${text}`,
    ),
  )
}

async function checkVersions() {
  return resultOf(
    packagesBelow(...(await readFloorAndLockfile())).map(
      ({ name, version, minimum, advisories }) =>
        `${name} is at ${version}; ${advisories.join(", ") || "advisories"} need ${minimum} or later.`,
    ),
  )
}

function resultOf(faults: string[]) {
  return { exitCode: faults.length === 0 ? 0 : 1, output: faults.join("\n") }
}
