import { connect, createServer, type Socket } from "node:net"

export type StatementCounter = {
  /** The address of the database by way of the counter. */
  url: string
  /** The statements that were sent since the last call, as SQL; `begin` and `commit` are statements too. */
  take: () => string[]
  [Symbol.asyncDispose]: () => Promise<void>
}

/**
 * A way to a Postgres on this machine that writes down each statement which passes: what a server asks of its
 * database is counted where it arrives, whatever library sends it.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export async function startStatementCounter(databaseUrl: string): Promise<StatementCounter> {
  const target = new URL(databaseUrl)
  const statements: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const database = connect(Number(target.port), target.hostname)
    for (const one of [socket, database]) {
      sockets.add(one)
      one.on("error", () => undefined)
      one.on("close", () => {
        sockets.delete(one)
        socket.destroy()
        database.destroy()
      })
    }
    const read = createMessageReader((statement) => statements.push(statement))
    socket.on("data", read)
    socket.pipe(database).pipe(socket)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve())
  })
  const address = server.address()
  const url = new URL(databaseUrl)
  url.hostname = "127.0.0.1"
  url.port = String(typeof address === "object" && address ? address.port : 0)
  return {
    url: url.href,
    take: () => statements.splice(0),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

const text = (body: Buffer, from = 0) => body.toString("utf8", from, body.indexOf(0, from))

/** Reads one connection's frontend messages: a simple query, or the execution of what was parsed last. */
function createMessageReader(onStatement: (statement: string) => void): (chunk: Buffer) => void {
  let pending = Buffer.alloc(0)
  let isStarted = false
  let parsed = ""
  return (chunk) => {
    pending = Buffer.concat([pending, chunk])
    for (;;) {
      // The first message has a length, but no type.
      const head = isStarted ? 1 : 0
      if (pending.length < head + 4) return
      const end = head + pending.readUInt32BE(head)
      if (pending.length < end) return
      const type = isStarted ? String.fromCharCode(pending.readUInt8(0)) : "start-up"
      const body = pending.subarray(head + 4, end)
      pending = pending.subarray(end)
      isStarted = true
      if (type === "Q") onStatement(text(body))
      if (type === "P") parsed = text(body, body.indexOf(0) + 1)
      if (type === "E") onStatement(parsed)
    }
  }
}
