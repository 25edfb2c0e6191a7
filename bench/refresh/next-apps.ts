import { freePort, type ServerProcess, startServer, untilAnswers } from "../../scripts/server-process"
import type { Stage } from "./stage"
import { stopAtEnd } from "./started"

const next = "node_modules/next/dist/bin/next"
const LONGEST_BUILD_MS = 120_000

/** A Next app in its production build, listening. */
export type NextApp = { url: URL; process: ServerProcess }

/** Builds the app in a folder of this repository, as a deployment does, and starts it on a free port. */
export async function startNextApp(stage: Stage, folder: string, path: string): Promise<NextApp> {
  await buildNextApp(folder, stage.environment)
  return startBuiltApp(folder, stage.environment, path)
}

/**
 * Starts an app that is already built, on a free port.
 *
 * @param path that answers 200 as soon as the app is ready
 * @param root the checkout whose Next runs it
 */
export async function startBuiltApp(
  folder: string,
  environment: Record<string, string>,
  path: string,
  root = process.cwd(),
): Promise<NextApp> {
  const port = await freePort()
  const url = new URL(`http://localhost:${port}`)
  const own = { ...environment, PORT: String(port), AUTH_URL: url.origin }
  const app = startServer(`The app in ${folder}`, [next, "start", folder], own, { folder: root })
  stopAtEnd(app.stop)
  await untilAnswers(app, new URL(path, url).href)
  return { url, process: app }
}

/** As a deployment does. */
export async function buildNextApp(
  folder: string,
  environment: Record<string, string>,
  root = process.cwd(),
): Promise<void> {
  const building = startServer(`The build of ${folder}`, [next, "build", folder], environment, {
    folder: root,
  })
  stopAtEnd(building.stop)
  const timer = setTimeout(() => building.process.kill("SIGKILL"), LONGEST_BUILD_MS)
  const exitCode = await new Promise((resolve) => building.process.once("close", resolve))
  clearTimeout(timer)
  if (exitCode !== 0) throw new Error(`${folder} could not be built:\n${building.output()}`)
}
