import { connect, createServer, type Socket } from "node:net"

/** How a statement fails: as Postgres says it, or without a word. */
export type StatementFault =
  /** An error response with this SQLSTATE; its message, detail, hint and context repeat the values that were sent. */
  | { sqlState: string }
  /** The connection breaks off. */
  | "reset"

export type StatementCounter = {
  /** The address of the database by way of the counter. */
  url: string
  /** The statements that were sent since the last call, as SQL; `begin` and `commit` are statements too. */
  take: () => string[]
  /** Whether every statement that was sent has been answered. */
  isQuiet: () => boolean
  /** Makes statements fail before they reach the database, until `heal`. */
  failWhere: (isAffected: (statement: string) => boolean, fault: StatementFault) => void
  /** @returns how many statements have failed since `failWhere` */
  heal: () => number
  [Symbol.asyncDispose]: () => Promise<void>
}

type Message = { type: string; body: Buffer; bytes: Buffer }

/**
 * A way to a Postgres on this machine that writes down each statement which passes, and lets some fail: what a server
 * asks of its database is counted on arrival, whatever library sends it.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
export async function startStatementCounter(databaseUrl: string): Promise<StatementCounter> {
  const target = new URL(databaseUrl)
  const statements: string[] = []
  const sockets = new Set<Socket>()
  let failing: { isAffected: (statement: string) => boolean; fault: StatementFault } | undefined
  let failed = 0
  const waiting = new Set<Socket>()

  const server = createServer((socket) => {
    const database = connect(Number(target.port), target.hostname)
    for (const one of [socket, database]) {
      sockets.add(one)
      // Passes each message on immediately.
      one.setNoDelay(true)
      one.on("error", () => undefined)
      one.on("close", () => {
        sockets.delete(one)
        waiting.delete(socket)
        socket.destroy()
        database.destroy()
      })
    }
    /** As Postgres said last: idle, in a transaction, or in one that has failed. */
    let status = "I"
    readMessages(database, { hasStarted: true }, ({ type, body, bytes }) => {
      if (type === "Z") {
        status = body.toString("latin1")
        waiting.delete(socket)
      }
      socket.write(bytes)
    })

    /** The messages of one statement, up to the one that asks for its answer. */
    let batch: Message[] = []
    readMessages(socket, { hasStarted: false }, (message) => {
      batch.push(message)
      if (["P", "B", "D", "E", "C", "H"].includes(message.type)) return
      const sent = batch
      batch = []
      const statement = statementIn(sent)
      if (statement !== undefined) statements.push(statement)
      if (statement === undefined || !failing?.isAffected(statement)) {
        if (statement !== undefined) waiting.add(socket)
        database.write(Buffer.concat(sent.map(({ bytes }) => bytes)))
        return
      }
      failed++
      if (failing.fault === "reset") socket.destroy()
      else {
        if (status !== "I") status = "E"
        socket.write(errorAnswer(failing.fault.sqlState, valuesIn(sent), status))
      }
    })
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
    isQuiet: () => waiting.size === 0,
    failWhere(isAffected, fault) {
      failed = 0
      failing = { isAffected, fault }
    },
    heal() {
      failing = undefined
      return failed
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

/** Cuts one side's bytes into messages. The first one of a client has a length, but no type. */
function readMessages(
  socket: { on: (event: "data", listener: (chunk: Buffer) => void) => unknown },
  { hasStarted }: { hasStarted: boolean },
  onMessage: (message: Message) => void,
): void {
  let pending = Buffer.alloc(0)
  let isStarted = hasStarted
  socket.on("data", (chunk) => {
    pending = Buffer.concat([pending, chunk])
    for (;;) {
      const head = isStarted ? 1 : 0
      if (pending.length < head + 4) return
      const end = head + pending.readUInt32BE(head)
      if (pending.length < end) return
      const bytes = pending.subarray(0, end)
      const type = isStarted ? String.fromCharCode(bytes.readUInt8(0)) : "start-up"
      pending = pending.subarray(end)
      isStarted = true
      onMessage({ type, body: bytes.subarray(head + 4), bytes })
    }
  })
}

const textAt = (body: Buffer, from = 0) => body.toString("utf8", from, body.indexOf(0, from))

/** A simple query, or what is parsed to be executed. */
function statementIn(messages: Message[]): string | undefined {
  const [first] = messages
  if (first?.type === "Q") return textAt(first.body)
  const parse = messages.find(({ type }) => type === "P")
  return parse && textAt(parse.body, parse.body.indexOf(0) + 1)
}

/** What was bound, as readable as it is. */
function valuesIn(messages: Message[]): string {
  const bound = messages.filter(({ type }) => type === "B" || type === "Q").map(({ body }) => body)
  return Buffer.concat(bound).toString("utf8").replaceAll("\0", " ")
}

function errorAnswer(sqlState: string, values: string, status: string): Buffer {
  const fields = {
    S: "ERROR",
    V: "ERROR",
    C: sqlState,
    M: `failed with ${values}`,
    D: `Key (${values}) is what it is.`,
    H: `Do without ${values}.`,
    W: `SQL statement with ${values}`,
  }
  const texts = Object.entries(fields).map(([field, text]) => `${field}${text}\0`)
  return Buffer.concat([message("E", `${texts.join("")}\0`), message("Z", status)])
}

function message(type: string, text: string): Buffer {
  const body = Buffer.from(text)
  const head = Buffer.alloc(5)
  head.write(type, "latin1")
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
