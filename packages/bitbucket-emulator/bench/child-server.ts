import { type ChildProcess, spawn } from "node:child_process"
import { createRequire } from "node:module"

/** A server in its own process, ready for requests. */
export interface ChildServer {
  readonly url: string
  readonly child: ChildProcess
  readonly readyAfterMs: number
  readonly stop: () => Promise<void>
}

const tsx = createRequire(import.meta.url).resolve("tsx")

/** Starts a program and waits for the first loopback address that it prints; runs a TypeScript file with tsx. */
export async function startChildServer(
  file: string,
  environment: Record<string, string> = {},
): Promise<ChildServer> {
  const startedAt = performance.now()
  const loader = file.endsWith(".ts") ? ["--import", tsx] : []
  const child = spawn(process.execPath, [...loader, file], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { EMULATOR_SITE_PORT: "0", EMULATOR_API_PORT: "0", ...environment },
  })
  const url = await new Promise<string>((resolve, reject) => {
    let printed = ""
    child.stdout.on("data", (chunk) => {
      printed += chunk
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0]
      if (address !== undefined) resolve(address)
    })
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`${file} ended with ${code}: ${printed}`)))
  })
  const stop = async () => {
    const exited = new Promise((resolve) => child.once("exit", resolve))
    child.kill("SIGKILL")
    await exited
  }
  return { url, child, readyAfterMs: performance.now() - startedAt, stop }
}
