import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"

/**
 * One function of the build output, in its own process as on Vercel: `function-process.ts HANDLER KIND`, where
 * KIND says whether it takes Node's request and response, or those of the Fetch API as middleware does.
 */
const [handlerFile = "", kind] = process.argv.slice(2)

type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>
type FetchHandler = (request: Request) => Promise<Response>

const waiting = new Set<Promise<unknown>>()
Object.assign(globalThis, {
  [Symbol.for("@vercel/request-context")]: {
    get: () => ({
      waitUntil(promise: Promise<unknown>) {
        waiting.add(promise)
        void promise.finally(() => waiting.delete(promise))
      },
    }),
  },
})

const handler: unknown = createRequire(import.meta.url)(handlerFile)

const server = createServer((request, response) => {
  const answer =
    kind === "fetch" ? answerByFetch(request, response) : (handler as NodeHandler)(request, response)
  answer.catch((error: unknown) => {
    process.stderr.write(`${error}\n`)
    if (!response.headersSent) response.writeHead(500)
    response.end()
  })
})
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on("disconnect", () => process.exit())

async function answerByFetch(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    headers.set(name, Array.isArray(value) ? value.join(", ") : (value ?? ""))
  const answer = await (handler as FetchHandler)(
    new Request(`http://${request.headers.host}${request.url}`, { method: request.method ?? "GET", headers }),
  )
  response.statusCode = answer.status
  for (const [name, value] of answer.headers) if (name !== "set-cookie") response.setHeader(name, value)
  response.setHeader("set-cookie", answer.headers.getSetCookie())
  response.end(Buffer.from(await answer.arrayBuffer()))
}
