import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

type Answering = (request: IncomingMessage, response: ServerResponse) => void

/**
 * An API origin that passes requests to the emulator, until a test tells it to misbehave worse than the emulator's
 * faults can. Each behaviour applies to one path, until `behave` changes it.
 */
export async function startHostileApi(apiUrl: string) {
  const faults = new Map<string, Answering>()
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    const path = request.url?.split("?")[0] ?? "/"
    const fault = faults.get(path) ?? faults.get("*")
    if (fault) return fault(request, response)
    const onward = forward(`${apiUrl}${request.url}`, {
      headers: { ...request.headers, host: new URL(apiUrl).host },
    })
    onward.on("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on("error", () => response.destroy())
    onward.end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    misbehave: (path: string, answer: Answering) => void faults.set(path, answer),
    behave: () => faults.clear(),
    /** How many requests have arrived so far. */
    asked: () => asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

/** A port of this machine that must receive no request; it records the ones that arrive. */
export async function startSilentListener() {
  const heard: string[] = []
  const server = createServer((request, response) => {
    heard.push(
      `${request.method} ${request.url} ${request.headers.authorization ? "with authorization" : ""}`,
    )
    response.end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    heard,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
