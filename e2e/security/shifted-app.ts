import path from "node:path"
import { freePort } from "../../scripts/server-process"
import { startApp } from "../app-server"

/**
 * A second server of the same deployment whose clock is ahead. The database keeps its own.
 *
 * @param seconds how far ahead
 */
export async function startShiftedApp(environment: Record<string, string>, seconds: number) {
  const PORT = String(await freePort())
  const url = `http://localhost:${PORT}`
  const preload = path.resolve(import.meta.dirname, "shifted-clock.mjs")
  const app = await startApp(
    { ...environment, PORT, NODE_OPTIONS: `--import=${preload}`, CLOCK_SHIFT_SECONDS: String(seconds) },
    url,
  )
  return { url, [Symbol.asyncDispose]: app.stop }
}
