import { existsSync, readFileSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import path from "node:path"
import { parseEnv } from "node:util"

const FILE = "demo.env"

/** Writes the environment that `npm run demo` or `npm run dev` gives the app, for the commands that act on its database. */
export async function writeDemoSettings(
  dataFolder: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(path.join(dataFolder, FILE), lines.join(""), { mode: 0o600 })
}

/**
 * Reads what `writeDemoSettings` wrote.
 *
 * @param postgresPort where the demo's Postgres listens now, if that has changed
 * @returns the variables by name; null if the demo has never run here
 */
export function readDemoSettings(dataFolder: string, postgresPort?: string): Record<string, string> | null {
  const file = path.join(dataFolder, FILE)
  if (!existsSync(file)) return null
  const settings = parseEnv(readFileSync(file, "utf8")) as Record<string, string>
  if (!postgresPort || !settings.DATABASE_URL) return settings
  const url = new URL(settings.DATABASE_URL)
  url.port = postgresPort
  return { ...settings, DATABASE_URL: url.href }
}
