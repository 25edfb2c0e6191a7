import { spawn } from "node:child_process"
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import { freePort, startServer, untilAnswers } from "../../scripts/server-process"

const project = path.resolve(import.meta.dirname, "../..")

/** Inside the project, so that the build finds its modules, and where nothing else looks for source. */
const copy = path.join(project, ".next/without-middleware")

const parts = [
  "app",
  "components",
  "lib",
  "auth.ts",
  "instrumentation.ts",
  "next.config.ts",
  "package.json",
  "postcss.config.mjs",
  "tsconfig.json",
]

/** Builds the app a second time, with everything in it but `middleware.ts`, and starts it. */
export async function startAppWithoutMiddleware(environment: Record<string, string>) {
  await rm(copy, { recursive: true, force: true })
  await mkdir(copy, { recursive: true })
  for (const part of parts)
    await cp(path.join(project, part), path.join(copy, part), {
      recursive: true,
      filter: (file) => !/\.test\.tsx?$/.test(file),
    })
  const settings = path.join(copy, "tsconfig.json")
  const { include: _, ...rest } = JSON.parse(await readFile(settings, "utf8"))
  // What the app does not import, such as commands and their scripts, is not in the copy whole.
  await writeFile(settings, JSON.stringify({ ...rest, include: ["next-env.d.ts", "app", ".next/types"] }))
  const next = path.join(project, "node_modules/next/dist/bin/next")
  await run([next, "build", copy])
  const PORT = String(await freePort())
  const url = `http://localhost:${PORT}`
  const app = startServer("The app without its middleware", [next, "start", copy], {
    ...environment,
    AUTH_URL: url,
    PORT,
  })
  await untilAnswers(app, `${url}/api/health`)
  return {
    url,
    async [Symbol.asyncDispose]() {
      await app.stop()
      await rm(copy, { recursive: true, force: true })
    },
  }
}

function run(args: string[]): Promise<void> {
  const child = spawn(process.execPath, args, { env: { ...process.env, NODE_ENV: "production" } })
  let output = ""
  child.stdout.on("data", (chunk) => {
    output += chunk
  })
  child.stderr.on("data", (chunk) => {
    output += chunk
  })
  return new Promise((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(output))))
  })
}
