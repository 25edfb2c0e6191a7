import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { stopAtEnd } from "../refresh/started"

/** Starts one of the programs in this folder, with a channel for messages. It exits when this process does. */
export function startProcess(name: `${string}-process.ts`): ChildProcess {
  const child = fork(new URL(name, import.meta.url), { execArgv: ["--import", "tsx"] })
  stopAtEnd(() => child.kill("SIGKILL"))
  return child
}

/** The next message of a process. @throws Error if it ends without one */
export async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const end = new AbortController()
  const onExit = () => end.abort()
  child.once("exit", onExit)
  try {
    const [message] = await once(child, "message", { signal: end.signal })
    return message as Message
  } catch (cause) {
    throw new ProcessEnded(cause)
  } finally {
    child.off("exit", onExit)
  }
}

export class ProcessEnded extends Error {
  override readonly name = "ProcessEnded"

  constructor(cause: unknown) {
    super("A process ended without an answer", { cause })
  }
}
