import { connect, createServer, type Socket } from "node:net"

export type SilentProxy = {
  /** The address of the database by way of the proxy. */
  url: string
  /** Stops passing bytes on what is connected now, as a network does that forgets a connection. */
  silence: () => void
  /** Keeps those who come from now on waiting for so long, as a database does that has to wake. */
  delayConnections: (delayMs: number) => void
  close: () => Promise<void>
}

/** A way to a Postgres on this machine that loses connections without a word. */
export async function startSilentProxy(databaseUrl: string): Promise<SilentProxy> {
  const url = new URL(databaseUrl)
  const targetPort = Number(url.port)
  const pairs = new Set<[Socket, Socket]>()
  let delayMs = 0
  const server = createServer((client) => {
    client.on("error", () => undefined)
    setTimeout(() => {
      const database = connect(targetPort, "127.0.0.1")
      pairs.add([client, database])
      database.on("error", () => client.destroy()).on("close", () => client.destroy())
      client.on("close", () => database.destroy())
      client.pipe(database).pipe(client)
    }, delayMs)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve())
  })
  const address = server.address()
  url.port = String(typeof address === "object" && address ? address.port : 0)
  return {
    url: url.href,
    silence() {
      for (const [client, database] of pairs) {
        client.unpipe()
        database.unpipe()
        client.resume()
        database.resume()
      }
    },
    delayConnections(ms) {
      delayMs = ms
    },
    async close() {
      for (const [client, database] of pairs) {
        client.destroy()
        database.destroy()
      }
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}
