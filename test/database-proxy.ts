import { once } from "node:events"
import { connect, createServer, type Socket } from "node:net"

/** Longer than anything waits for a connection. */
const FOREVER_MS = 120_000
/** A statement's text is at the start of its message; messages may arrive in pieces. */
const LONGEST_MATCH = 4_096
/** ReadyForQuery, the last message of each answer: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const END_OF_ANSWER = /Z\0{3}.[ITE]$/s

type Pair = { client: Socket; database: Socket }
type Reset = { when: "before" | "after"; statement: RegExp; happened: () => void }

export type DatabaseProxy = {
  port: number
  /** The address of the database by way of the proxy. */
  through: (databaseUrl: string) => string
  /** Breaks what is connected and refuses new connections, as a server that is down. */
  shut: () => Promise<void>
  /** Accepts connections again, on the same port. */
  open: () => Promise<void>
  /** Stops passing bytes on what is connected now, as a network does that forgets a connection. */
  silence: () => void
  /** Ends what is connected now. */
  disconnect: () => void
  /** Keeps new connections waiting for this long, like a database that has to resume; by default forever. */
  delayConnections: (delayMs?: number) => void
  /**
   * Ends the first connection over which a statement comes that matches: before the database has it, or once the
   * database has answered, and without the answer.
   *
   * @returns a promise that resolves once that has happened
   */
  resetOnce: (when: Reset["when"], statement: RegExp) => Promise<void>
  close: () => Promise<void>
}

/** A way to a Postgres on this machine, or to its pooler, that fails as networks and servers do. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const targetPort = Number(new URL(databaseUrl).port)
  const pairs = new Set<Pair>()
  const waiting = new Set<Socket>()
  let delayMs = 0
  let reset: Reset | undefined

  const server = createServer((client) => {
    client.on("error", () => undefined)
    if (delayMs === 0) return join(client)
    waiting.add(client)
    const timer = setTimeout(() => join(client), delayMs).unref()
    client.on("close", () => {
      clearTimeout(timer)
      waiting.delete(client)
    })
  })

  function join(client: Socket): void {
    waiting.delete(client)
    const database = connect(targetPort, "127.0.0.1")
    const pair = { client, database }
    pairs.add(pair)
    database.on("error", () => client.destroy()).on("close", () => client.end())
    client.on("close", () => {
      pairs.delete(pair)
      database.destroy()
    })
    let sent = ""
    let resetting: Reset | undefined
    let answer = ""
    client.on("data", (chunk) => {
      sent += chunk.toString("latin1")
      if (reset?.statement.test(sent)) {
        resetting = reset
        reset = undefined
        if (resetting.when === "before") {
          client.resetAndDestroy()
          return resetting.happened()
        }
      }
      sent = sent.slice(-LONGEST_MATCH)
      database.write(chunk)
    })
    database.on("data", (chunk) => {
      if (!resetting) return client.write(chunk)
      answer = (answer + chunk.toString("latin1")).slice(-LONGEST_MATCH)
      if (!END_OF_ANSWER.test(answer)) return
      client.resetAndDestroy()
      resetting.happened()
    })
  }

  const listen = async (port: number): Promise<number> => {
    server.listen(port, "127.0.0.1")
    await once(server, "listening")
    const address = server.address()
    return typeof address === "object" && address ? address.port : 0
  }
  const disconnect = () => {
    for (const { client } of pairs) client.destroy()
    for (const client of waiting) client.destroy()
  }
  const shut = async () => {
    if (!server.listening) return
    const closed = once(server, "close")
    server.close()
    disconnect()
    await closed
  }

  const port = await listen(0)
  return {
    port,
    through(url) {
      const address = new URL(url)
      address.hostname = "127.0.0.1"
      address.port = String(port)
      return address.href
    },
    shut,
    open: async () => {
      await listen(port)
    },
    silence() {
      for (const { client, database } of pairs)
        for (const socket of [client, database]) socket.removeAllListeners("data").resume()
    },
    disconnect,
    delayConnections(ms = FOREVER_MS) {
      delayMs = ms
    },
    resetOnce: (when, statement) =>
      new Promise((happened) => {
        reset = { when, statement, happened }
      }),
    close: shut,
  }
}
