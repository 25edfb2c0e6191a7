import { spawnSync } from "node:child_process"
import { cpus, release, totalmem } from "node:os"

/** The servers have their own core; the load, Postgres and Bitbucket share the other. */
export const SERVER_CORE = 0
export const LOAD_CORE = 1
/** For work that is not measured, such as the builds. */
export const EVERY_CORE = `0-${cpus().length - 1}`

/** Pins a process, with everything it starts from now on, to one core. @returns false if this machine has no taskset */
export function pin(pid: number | undefined, core: number | typeof EVERY_CORE): boolean {
  if (pid === undefined || cpus().length < 2) return false
  const { status } = spawnSync("taskset", ["-a", "-c", "-p", String(core), String(pid)], { stdio: "ignore" })
  return status === 0
}

/** The machine that the numbers come from. */
export function machineInWords(isPinned: boolean): string {
  const [cpu] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  const cores = isPinned ? "servers on one core, everything else on the other" : "not pinned to cores"
  return `${cpu?.model.trim()}, ${cpus().length} cores, ${memory}, Linux ${release()}, Node ${process.version}; ${cores}`
}
