import { run } from "./run"

export type Counts = { passed: number; failed: number }

type Check = { name: string; command: string[]; hasResult?: boolean }

/** What the source must satisfy before anything runs. */
const checks: Check[] = [
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings"] },
  { name: "route types", command: ["next", "typegen"] },
  { name: "types of the app", command: ["tsc", "--noEmit"] },
  { name: "types of auth-bitbucket", command: ["tsc", "--noEmit", "-p", "packages/auth-bitbucket"] },
  { name: "types of the emulator", command: ["tsc", "--noEmit", "-p", "packages/bitbucket-emulator"] },
  { name: "types of the bench", command: ["tsc", "--noEmit", "-p", "bench"] },
  { name: "words of the glossary", command: ["tsx", "scripts/glossary.ts"], hasResult: true },
  { name: "dead code", command: ["knip"] },
  { name: "versions that advisories ask for", command: ["tsx", "scripts/check-version-floor.ts"] },
]

/** Runs every check, prints one line each, and the output of those that fail or have a result to show. */
export async function runChecks(): Promise<Counts> {
  const counts = { passed: 0, failed: 0 }
  for (const { name, command, hasResult } of checks) {
    const startedAt = performance.now()
    const { exitCode, output } = await run(command, { isQuiet: true })
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    counts[exitCode === 0 ? "passed" : "failed"]++
    console.log(`${exitCode === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`)
    if (exitCode !== 0 || hasResult) console.log(output.trim())
  }
  return counts
}
