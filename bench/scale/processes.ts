import { type ChildProcess, fork } from "node:child_process"
import { stopAtEnd } from "../refresh/started"

/** Starts one of the programs in this folder, with a channel for messages. It exits when this process does. */
export function startProcess(name: `${string}-process.ts`): ChildProcess {
  const child = fork(new URL(name, import.meta.url), { execArgv: ["--import", "tsx"] })
  stopAtEnd(() => child.kill("SIGKILL"))
  return child
}
