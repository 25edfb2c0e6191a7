import { connect, type Socket } from "node:net"

export interface Load {
  /** One raw HTTP/1.1 request, asked again and again. */
  readonly request: Buffer
  readonly connections: number
  readonly forMs: number
}

/**
 * Asks one address over keep-alive connections, one request at a time on each, and returns answers per second. It
 * speaks raw sockets, because a full HTTP client costs more than the servers it would measure.
 */
export async function measureRate(address: string, { request, connections, forMs }: Load): Promise<number> {
  const startedAt = performance.now()
  const endsAt = startedAt + forMs
  const counts = await Promise.all(
    Array.from({ length: connections }, () => askUntil(address, request, endsAt)),
  )
  const seconds = (performance.now() - startedAt) / 1000
  return counts.reduce((sum, count) => sum + count, 0) / seconds
}

function askUntil(address: string, request: Buffer, endsAt: number): Promise<number> {
  const { hostname, port } = new URL(address)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(request))
    const reader = new AnswerReader()
    let answered = 0
    socket.setNoDelay(true)
    socket.once("error", reject)
    socket.once("close", () => reject(new Error("The server closed the connection.")))
    socket.on("data", (chunk) => {
      if (!reader.isComplete(chunk)) return
      if (reader.status !== 200) return fail(socket, new Error(`Answered ${reader.status}`))
      answered += 1
      if (performance.now() < endsAt) return void socket.write(request)
      socket.removeAllListeners("close")
      socket.destroy()
      resolve(answered)
    })
  })
}

function fail(socket: Socket, error: Error): void {
  socket.destroy(error)
}

/** Tells where one answer ends. Answers without a Content-Length are not needed here. */
class AnswerReader {
  status = 0
  #head = ""
  #missing = -1

  isComplete(chunk: Buffer): boolean {
    if (this.#missing === -1) {
      this.#head += chunk.toString("latin1")
      const headEnd = this.#head.indexOf("\r\n\r\n")
      if (headEnd === -1) return false
      this.status = Number(this.#head.slice(9, 12))
      const length = Number(/content-length: (\d+)/i.exec(this.#head)?.[1] ?? Number.NaN)
      if (Number.isNaN(length)) throw new Error(`No Content-Length in ${this.#head.slice(0, headEnd)}`)
      this.#missing = length - (this.#head.length - headEnd - 4)
    } else {
      this.#missing -= chunk.length
    }
    if (this.#missing > 0) return false
    this.#head = ""
    this.#missing = -1
    return true
  }
}
