import { connect, createServer, type Socket } from "node:net"

export type TcpGate = {
  port: number
  /** Breaks what is connected, and refuses whoever comes. */
  shut: () => Promise<void>
  /** Lets through again, on the same port. */
  open: () => Promise<void>
}

/** A way to a server on this machine that can be shut and opened, as a network or a server fails. */
export async function startTcpGate(targetPort: number): Promise<TcpGate> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const target = connect(targetPort, "127.0.0.1")
    for (const one of [socket, target]) {
      sockets.add(one)
      one.on("error", () => undefined)
      one.on("close", () => sockets.delete(one))
    }
    socket.pipe(target).pipe(socket)
  })
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.once("error", reject)
      server.listen(port, "127.0.0.1", () => {
        const address = server.address()
        resolve(typeof address === "object" && address ? address.port : 0)
      })
    })
  const port = await listen(0)
  return {
    port,
    shut: async () => {
      if (!server.listening) return
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
    open: async () => {
      await listen(port)
    },
  }
}
