import { createRequire } from "node:module"
import path from "node:path"
import { parseArgs } from "node:util"
import { isDatabaseError, isDatabaseUnreachable } from "../lib/db/errors"
import { EnvironmentError, environment } from "../lib/env"
import { failureCode } from "../lib/failure-report"
import { readDemoSettings } from "./demo-settings"

/** 0 all well, 1 something wrong, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2

/**
 * Reads the flags of a command. `--help` prints the usage and ends the process with 0, an argument that it does not
 * know with 2.
 */
export function readFlags<Name extends string>(usage: string, names: readonly Name[]): Record<Name, boolean> {
  return readArguments(usage, names, 0).flags
}

/** As `readFlags`, for a command that also takes so many names at the most. */
export function readArguments<Name extends string>(
  usage: string,
  names: readonly Name[],
  longest: number,
): { flags: Record<Name, boolean>; positionals: string[] } {
  const options = Object.fromEntries([...names, "help"].map((name) => [name, { type: "boolean" as const }]))
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: longest > 0 })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    if (positionals.length > longest) throw new Error("That is one name too many.")
    const flags = Object.fromEntries(names.map((name) => [name, values[name] === true]))
    return { flags: flags as Record<Name, boolean>, positionals }
  } catch (error) {
    return refuseUsage(usage, error instanceof Error ? error.message : String(error))
  }
}

/** Ends the process with 2. */
export function refuseUsage(usage: string, reason: string): never {
  console.error(`${reason}\n\n${usage}`)
  process.exit(2)
}

/**
 * Runs a command on the app's own database and ends the process with its exit code. Nothing of the app's log is
 * printed: standard output is the command's. A failure is told without the driver's message, which may repeat a password.
 *
 * @param run prints what came of it
 */
export async function runOnDatabase(isJson: boolean, run: () => Promise<ExitCode>): Promise<never> {
  process.env.LOG_LEVEL = "silent"
  try {
    sayWhichDatabase(environment().DATABASE_URL)
    process.exit(await run())
  } catch (error) {
    const { code, sentence, ...rest } = explainFailure(error)
    if (isJson) console.log(JSON.stringify({ error: code, ...rest }))
    else console.error(`${sentence}\n\`npm run doctor\` says more.`)
    process.exit(1)
  }
}

function explainFailure(error: unknown): { code: string; sentence: string; problems?: unknown } {
  if (error instanceof EnvironmentError)
    return { code: "invalid_environment", sentence: error.message, problems: error.problems }
  if (isDatabaseUnreachable(error))
    return { code: "database_unavailable", sentence: `The database is unavailable (${error.reason}).` }
  const reason = isDatabaseError(error)
    ? `the database refused a statement, ${error.reason}`
    : failureCode(error)
  return { code: "internal_error", sentence: `The command failed (${reason}).` }
}

/**
 * Reads `.env.local` and its like, as Next does for the app: by Next's own package. What is set already stays. Where
 * none of them names a database, the command acts on the demo's, with all of the demo's settings.
 */
export function loadEnvironmentFiles(directory = process.cwd()): void {
  const next = createRequire(createRequire(import.meta.url).resolve("next/package.json"))
  const { loadEnvConfig } = next("@next/env") as {
    loadEnvConfig: (directory: string, isDevelopment: boolean, log: Pick<Console, "info" | "error">) => void
  }
  loadEnvConfig(directory, process.env.NODE_ENV !== "production", {
    info: () => undefined,
    error: console.error,
  })
  if (process.env.DATABASE_URL || process.env.NODE_ENV === "production") return
  Object.assign(process.env, readDemoSettings(path.join(directory, ".data"), process.env.POSTGRES_PORT))
}

/** Names the database that a command is about to act on, on standard error and without user and password. */
export function sayWhichDatabase(address: string): void {
  const { host, pathname } = new URL(address)
  console.error(`Database: ${host}${pathname}`)
}
