import { createRequire } from "node:module"
import path from "node:path"
import { parseArgs } from "node:util"
import { readDemoSettings } from "./demo-settings"

/**
 * Reads the flags of a command. `--help` prints the usage and ends the process with 0; an argument that the command
 * does not know ends it with 2.
 */
export function readFlags<Name extends string>(usage: string, names: readonly Name[]): Record<Name, boolean> {
  return readArguments(usage, names, 0).flags
}

/**
 * Like `readFlags`, for a command that also takes names.
 *
 * @param most how many names it takes
 */
export function readArguments<Name extends string>(
  usage: string,
  names: readonly Name[],
  most: number,
  args: string[] = process.argv.slice(2),
): { flags: Record<Name, boolean>; positionals: string[] } {
  const options = Object.fromEntries([...names, "help"].map((name) => [name, { type: "boolean" as const }]))
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: most > 0 })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    if (positionals.length > most) throw new Error("That is one name too many.")
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
 * Reads `.env.local` and similar files, with Next's own package, as Next does for the app. Variables that are already set stay.
 * If none of the files names a database, the command acts on the demo's, with all of the demo's settings.
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

/** Prints which database a command is about to act on, to standard error and without user and password. */
export function announceDatabase(address: string): void {
  const { host, pathname } = new URL(address)
  console.error(`Database: ${host}${pathname}`)
}

/** Ends the process once its output is written: a pipe takes 64 kB at a time, and `process.exit` drops the rest. */
export function exitOnceWritten(exitCode: number): void {
  // The reader of a pipe may leave before the end, as `head` does.
  process.stdout.on("error", () => process.exit(exitCode))
  process.stdout.write("", () => process.exit(exitCode))
}
