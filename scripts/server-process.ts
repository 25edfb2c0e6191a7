import { type ChildProcess, spawn } from "node:child_process"
import { randomInt } from "node:crypto"
import { createServer } from "node:net"
import { setTimeout as pause } from "node:timers/promises"

export type ServerProcess = {
  name: string
  process: ChildProcess
  /** The last lines of its output. */
  output: () => string
  /** @param patienceMs how long it may take to exit by itself */
  stop: (patienceMs?: number) => Promise<void>
}

/** Starts a program of Node's that serves until it is stopped. */
export function startServer(
  name: string,
  args: string[],
  env: Record<string, string | undefined>,
  { isVerbose = false, folder = process.cwd() } = {},
): ServerProcess {
  return superviseServer(name, process.execPath, args, env, { isVerbose, folder })
}

/** Starts any program that serves until it is stopped. */
export function superviseServer(
  name: string,
  program: string,
  args: string[],
  env: Record<string, string | undefined>,
  { isVerbose = false, folder = process.cwd() } = {},
): ServerProcess {
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", isVerbose ? "inherit" : "pipe", isVerbose ? "inherit" : "pipe"],
  })
  let text = ""
  const keep = (chunk: Buffer) => {
    text = (text + chunk).slice(-8_000)
  }
  child.stdout?.on("data", keep)
  child.stderr?.on("data", keep)
  return {
    name,
    process: child,
    output: () => text.trim(),
    stop: (patienceMs) => stopProcess(child, patienceMs),
  }
}

/** Asks a process to exit and waits for it. Kills one that does not exit in time. */
async function stopProcess(child: ChildProcess, patienceMs = 5_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve())
  })
  child.kill("SIGTERM")
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs)
  await ended
  clearTimeout(timer)
}

/**
 * Waits until an address answers with 200.
 *
 * @throws Error with the server's output, if it exits or does not answer in time
 */
export async function untilAnswers(server: ServerProcess, url: string, timeoutMs = 120_000): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs
  while (Date.now() < giveUpAt) {
    if (server.process.exitCode !== null) throw new Error(`${server.name} ended:\n${server.output()}`)
    const isUp = await fetch(url, { headers: { "x-emulator-control": "1" } }).then(
      (response) => response.ok,
      () => false,
    )
    if (isUp) return
    await pause(50)
  }
  throw new Error(`${server.name} did not answer at ${url}:\n${server.output()}`)
}

/** @returns whether a server could listen on the port, on this machine */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once("error", () => resolve(false))
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)))
  })
}

/**
 * The ports that our servers take. Above the last port that browsers, fetch and Next refuse (10080; Fetch standard,
 * "Port blocking"), and below the range from which Linux takes ports for clients and for port 0 (32768 and up), so that
 * no other process gets a port before our server listens.
 */
export const SERVER_PORTS = { first: 10_081, last: 32_767 }

/** @returns a port of {@link SERVER_PORTS} that is free at this moment */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(SERVER_PORTS.first, SERVER_PORTS.last + 1)
    if (await isPortFree(port)) return port
  }
}
