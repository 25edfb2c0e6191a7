import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import type { Answer, Command } from "./app-server-process"
import { stopAtEnd } from "./started"

export type AppServer = {
  process: ChildProcess
  /** The results of its callers. */
  ask: (command: Command) => Promise<Answer[]>
}

/** Server-only modules refuse to load elsewhere; tsx runs TypeScript as it is. */
const nodeOptions = ["--conditions=react-server", "--import", "tsx"]

/** Starts one of the programs in this folder, with a channel for messages. It exits when this process does. */
export function startProcess(
  name: `${string}-process.ts`,
  environment: Record<string, string>,
  options: string[] = [],
): ChildProcess {
  const child = fork(new URL(name, import.meta.url), {
    execArgv: [...nodeOptions, ...options],
    env: { ...process.env, ...environment },
  })
  stopAtEnd(() => child.kill("SIGKILL"))
  return child
}

/** The next message of a process. @throws ProcessEnded if it ends without one */
export async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const end = new AbortController()
  const onExit = () => end.abort()
  child.once("exit", onExit)
  try {
    const [message] = await once(child, "message", { signal: end.signal })
    return message as Message
  } catch (cause) {
    throw new ProcessEnded(child.spawnargs.at(-1), cause)
  } finally {
    child.off("exit", onExit)
  }
}

export class ProcessEnded extends Error {
  override readonly name = "ProcessEnded"

  constructor(program: string | undefined, cause: unknown) {
    super(`${program} ended without an answer`, { cause })
  }
}

/** Returns a function that keeps exactly this many servers running. */
export function createFleet(environment: Record<string, string>): (count: number) => Promise<AppServer[]> {
  const servers: AppServer[] = []
  return async (count) => {
    for (const { process } of servers.splice(count)) process.kill("SIGKILL")
    const missing = Array.from({ length: count - servers.length }, () => startAppServer(environment))
    servers.push(...(await Promise.all(missing)))
    await Promise.all(servers.map(({ ask }) => ask({ kind: "warm_up" })))
    return [...servers]
  }
}

async function startAppServer(environment: Record<string, string>): Promise<AppServer> {
  const child = startProcess("app-server-process.ts", environment)
  await nextMessage(child)
  const waiting = new Map<number, (answers: Answer[]) => void>()
  child.on("message", ({ id, answers }: { id: number; answers: Answer[] }) => {
    waiting.get(id)?.(answers)
    waiting.delete(id)
  })
  let asked = 0
  const ask = (command: Command) =>
    new Promise<Answer[]>((resolve, reject) => {
      if (child.exitCode !== null || child.signalCode !== null) return reject(new Error("A server has ended"))
      const id = asked++
      waiting.set(id, resolve)
      child.send({ id, command })
    })
  return { process: child, ask }
}
