import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import path from "node:path"
import { freePort, startServer, untilAnswers } from "../../scripts/server-process"

const project = path.resolve(import.meta.dirname, "../..")

/** What `next start` reads from a project: the build, its static files, and the configuration with its imports. */
const parts = ["public", "lib", "package.json", "next.config.ts", "tsconfig.json"]

/** Starts a copy of the build without `middleware.ts`; everything else is byte for byte what the other tests see. */
export async function startAppWithoutMiddleware(environment: Record<string, string>) {
  // Inside the project, where the configuration finds its modules.
  const copy = await mkdtemp(path.join(project, ".next/without-middleware-"))
  const isCopied = (file: string) => !/^(cache|without-middleware-.*)$/.test(path.basename(file))
  for (const entry of parts) await cp(path.join(project, entry), path.join(copy, entry), { recursive: true })
  for (const entry of await readdir(path.join(project, ".next")))
    if (isCopied(entry))
      await cp(path.join(project, ".next", entry), path.join(copy, ".next", entry), { recursive: true })
  await removeMiddleware(path.join(copy, ".next/server"))

  const PORT = String(await freePort())
  const url = `http://localhost:${PORT}`
  const next = path.join(project, "node_modules/next/dist/bin/next")
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

/** Next runs the middleware that this manifest names. @throws Error where it names none, since Next has moved it then */
async function removeMiddleware(server: string): Promise<void> {
  const file = path.join(server, "functions-config-manifest.json")
  const manifest = JSON.parse(await readFile(file, "utf8"))
  if (!manifest.functions["/_middleware"]) throw new Error(`${file} names no middleware`)
  delete manifest.functions["/_middleware"]
  await writeFile(file, JSON.stringify(manifest))
  await rm(path.join(server, "middleware.js"))
}
