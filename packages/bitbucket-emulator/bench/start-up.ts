import { type ChildProcess, execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { startChildServer } from "./child-server.ts"

const STARTS = 20
const root = fileURLToPath(new URL("..", import.meta.url))

/** Of the program as published. Times in milliseconds. */
export interface StartUp {
  readonly medianMs: number
  readonly quickestMs: number
  /** The median processor time of all threads; null if /proc does not say. */
  readonly processorMs: number | null
  /** The shortest time that starting and stopping Node alone takes. */
  readonly bareNodeMs: number
  readonly idleMegabytes: number
}

/** Packs the package, unpacks it elsewhere and starts its program repeatedly: from the spawn to the line that says it is ready. */
export async function measureStartUp(): Promise<StartUp> {
  const folder = mkdtempSync(join(tmpdir(), "emulator-start-up-"))
  try {
    execFileSync("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" })
    const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], { cwd: root })
    execFileSync("tar", ["-xzf", packed.toString().trim()], { cwd: folder })
    return await measureStarts(join(folder, "package", "dist", "cli.js"))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureStarts(program: string): Promise<StartUp> {
  const bareNode: number[] = []
  const ready: number[] = []
  const processor: number[] = []
  const idle: number[] = []
  for (let start = 0; start < STARTS; start += 1) {
    const startedAt = performance.now()
    execFileSync(process.execPath, ["--eval", "0"])
    bareNode.push(performance.now() - startedAt)
    const { child, readyAfterMs, stop } = await startChildServer(program)
    ready.push(readyAfterMs)
    processor.push(processorMs(child))
    idle.push(
      Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)], { encoding: "utf8" })) / 1024,
    )
    await stop()
  }
  const processorTime = median(processor)
  return {
    medianMs: median(ready),
    quickestMs: Math.min(...ready),
    processorMs: Number.isNaN(processorTime) ? null : processorTime,
    bareNodeMs: Math.min(...bareNode),
    idleMegabytes: median(idle),
  }
}

/** From the time that the scheduler of Linux counts for each thread. */
function processorMs({ pid }: ChildProcess): number {
  const threads = `/proc/${pid}/task`
  if (!existsSync(`${threads}/${pid}/schedstat`)) return Number.NaN
  const nanoseconds = readdirSync(threads).map((thread) =>
    Number(readFileSync(`${threads}/${thread}/schedstat`, "utf8").split(" ")[0]),
  )
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1e6
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
