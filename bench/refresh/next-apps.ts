import { freePort, type ServerProcess, startServer, untilAnswers } from "../../scripts/server-process"
import type { Stage } from "./stage"
import { stopAtEnd } from "./started"

const next = "node_modules/next/dist/bin/next"
const LONGEST_BUILD_MS = 120_000

/** A Next app in its production build, listening. */
export type NextApp = { url: URL; process: ServerProcess }

/** Builds the app in a folder of this repository, as a deployment does, and starts it on a free port. */
export async function startNextApp(stage: Stage, folder: string, path: string): Promise<NextApp> {
  await build(folder, stage.environment)
  const port = await freePort()
  const url = new URL(`http://localhost:${port}`)
  const environment = { ...stage.environment, PORT: String(port), AUTH_URL: url.origin }
  const app = startServer(`The app in ${folder}`, [next, "start", folder], environment)
  stopAtEnd(app.stop)
  await untilAnswers(app, new URL(path, url).href)
  return { url, process: app }
}

async function build(folder: string, environment: Record<string, string>): Promise<void> {
  const building = startServer(`The build of ${folder}`, [next, "build", folder], environment)
  stopAtEnd(building.stop)
  const timer = setTimeout(() => building.process.kill("SIGKILL"), LONGEST_BUILD_MS)
  const exitCode = await new Promise((resolve) => building.process.once("close", resolve))
  clearTimeout(timer)
  if (exitCode !== 0) throw new Error(`${folder} could not be built:\n${building.output()}`)
}
