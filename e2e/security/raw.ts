import { connect, type Socket } from "node:net"

/** What a server sends on one connection, byte for byte, until it closes the connection or falls silent. */
export function exchange(origin: string, bytes: string, quietMs = 400): Promise<string> {
  return new Promise((resolve) => {
    const socket = openSocket(origin)
    let received = ""
    socket.setTimeout(quietMs)
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1")
    })
    const end = () => {
      socket.destroy()
      resolve(received)
    }
    socket.on("timeout", end)
    socket.on("error", end)
    socket.on("close", end)
    socket.write(bytes, "latin1")
  })
}

export function openSocket(origin: string): Socket {
  const { hostname, port } = new URL(origin)
  return connect(Number(port), hostname)
}

/** The statuses of the responses in a server's output. */
export function statusesIn(received: string): number[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status))
}
