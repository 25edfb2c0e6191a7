import { once } from "node:events"
import { createReadStream } from "node:fs"
import { readdir } from "node:fs/promises"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import path from "node:path"
import type { BuildOutput } from "./build-output"
import { startFunctions } from "./function-pool"
import { type Routed, routeRequest } from "./output-routes"

export type OutputServer = { output: () => string; stop: () => Promise<void> }

const contentTypes: Record<string, string> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
}

/**
 * Serves the output of `vercel build`, as far as one app needs it: the routes of `config.json`, static files,
 * middleware, functions. This app does not use what it leaves out, such as caching.
 *
 * @param folder an empty one, for the functions
 * @param options `processes`: how many each function has
 */
export async function serveBuildOutput(
  built: BuildOutput,
  folder: string,
  port: number,
  environment: Record<string, string>,
  { processes = 1 } = {},
): Promise<OutputServer> {
  const pool = await startFunctions(built.functions, folder, environment, processes)
  const functions = new Map(built.functions.map((one) => [one.name, one]))
  const files = new Set(await readdir(path.join(built.folder, "static"), { recursive: true }))
  let complaints = ""

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost")
    const asked = { path: decodeURIComponent(pathname), search, headers: request.headers }
    const routed = routeRequest(built.routes, asked, (name) => functions.has(name) || files.has(name))
    for (const [name, value] of Object.entries(routed.headers)) response.setHeader(name, value)
    if (routed.status && routed.headers.location) {
      response.writeHead(routed.status).end()
      return
    }
    const forFunction = await askMiddleware(routed, request, response)
    if (forFunction) await answerRouted(routed, pathname, forFunction, request, response)
  }

  /** @returns the headers that it gives the request; null if it has answered */
  async function askMiddleware(routed: Routed, request: IncomingMessage, response: ServerResponse) {
    const middleware = functions.get(routed.middleware ?? "")
    if (!middleware) return {}
    const said = await pool.call(middleware, request, request.url ?? "/")
    const forFunction: Record<string, string> = {}
    const prefix = "x-middleware-request-"
    for (const [name, value] of Object.entries(said.headers)) {
      if (name.startsWith(prefix)) forFunction[name.slice(prefix.length)] = String(value)
      else if (
        value &&
        !/^(x-middleware-|connection$|content-length$|transfer-encoding$|keep-alive$)/.test(name)
      )
        response.setHeader(name, value)
    }
    if (said.headers["x-middleware-next"] !== "1") {
      said.pipe(response.writeHead(said.statusCode ?? 500))
      return null
    }
    said.resume()
    if (said.statusCode && said.statusCode !== 200) routed.status = said.statusCode
    return forFunction
  }

  async function answerRouted(
    { name, search, status }: Routed,
    pathname: string,
    headers: Record<string, string>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const output = functions.get(name)
    if (!output) {
      response.writeHead(status ?? 200, { "content-type": contentTypes[path.extname(name)] ?? "text/plain" })
      createReadStream(path.join(built.folder, "static", name)).pipe(response)
      return
    }
    const matched = name === "index" ? "/" : `/${name}`
    const reply = await pool.call(output, request, pathname + search, {
      ...headers,
      "x-matched-path": matched,
    })
    for (const [key, value] of Object.entries(reply.headers))
      if (value && !/^(connection|transfer-encoding|keep-alive)$/.test(key)) response.setHeader(key, value)
    reply.pipe(response.writeHead(status ?? reply.statusCode ?? 500))
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      complaints += `\n${error}`
      response.destroy()
    })
  })
  server.listen(port, "localhost")
  await once(server, "listening")
  return {
    output: () => pool.output() + complaints,
    async stop() {
      server.close()
      server.closeAllConnections()
      pool.stop()
    },
  }
}
