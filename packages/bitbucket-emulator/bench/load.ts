import { connect } from "node:net"

export interface Load {
  /** The first request of a connection, or the one after a response with this body: raw HTTP/1.1. */
  readonly nextRequest: (previousBody: string | null) => string
  readonly connections: number
  readonly forMs: number
}

/**
 * Sends requests to one address over keep-alive connections, one at a time on each, and returns responses per second. It
 * uses raw sockets, because a full HTTP client costs more than the servers it would measure.
 */
export async function measureRate(address: string, load: Load): Promise<number> {
  const startedAt = performance.now()
  const counts = await Promise.all(
    Array.from({ length: load.connections }, () => askUntil(address, load, startedAt + load.forMs)),
  )
  const seconds = (performance.now() - startedAt) / 1000
  return counts.reduce((sum, count) => sum + count, 0) / seconds
}

function askUntil(address: string, { nextRequest }: Load, endsAt: number): Promise<number> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(nextRequest(null)))
    let received = ""
    let answered = 0
    socket.setNoDelay(true)
    socket.once("error", reject)
    socket.once("close", () => reject(new Error("The server closed the connection.")))
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1")
      const body = completeBody(received)
      if (body === null) return
      if (!received.startsWith("HTTP/1.1 200")) return void socket.destroy(new Error(received))
      received = ""
      answered += 1
      if (performance.now() < endsAt) return void socket.write(nextRequest(body))
      socket.removeAllListeners("close")
      socket.destroy()
      resolve(answered)
    })
  })
}

/** The body of a complete response. Both servers send a Content-Length. */
function completeBody(received: string): string | null {
  const headEnd = received.indexOf("\r\n\r\n")
  if (headEnd === -1) return null
  const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN)
  if (Number.isNaN(length)) throw new Error(`No Content-Length in ${received.slice(0, headEnd)}`)
  const body = received.slice(headEnd + 4)
  return body.length < length ? null : body
}
