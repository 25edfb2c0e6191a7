import { readFile } from "node:fs/promises"
import type { NextApp } from "../refresh/next-apps"
import type { Stage } from "../refresh/stage"
import type { Contestant } from "./contestants"
import type { SendLoad } from "./load"

/** A running contestant, with users signed in. */
export type Running = {
  contestant: Contestant
  app: NextApp
  /** Of the first user. */
  cookie: string
  /** Of all users. */
  cookies: string[]
}

/** What every benchmark can use. */
export type Scene = {
  stage: Stage
  environment: Record<string, string>
  running: Running[]
  sendLoad: SendLoad
}

/** @throws Error if no contestant with this name is running */
export function runningOf({ running }: Scene, name: string): Running {
  const found = running.find(({ contestant }) => contestant.name === name)
  if (!found) throw new Error(`${name} does not run`)
  return found
}

/** The memory that a process uses now (resident set). @returns bytes */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8")
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1_024
}

export function pidOf({ app }: { app: NextApp }): number {
  const { pid } = app.process.process
  if (pid === undefined) throw new Error(`${app.process.name} does not run`)
  return pid
}
