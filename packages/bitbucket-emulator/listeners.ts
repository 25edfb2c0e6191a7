import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http"
import { createServer as createTlsServer, type Server as TlsServer } from "node:https"
import type { AddressInfo, Socket } from "node:net"
import { bitbucketHostNames } from "./addresses.ts"
import type { Origin } from "./engine.ts"
import { ListenError } from "./listen-error.ts"
import type { ServerCertificate } from "./tls/certificate-authority.ts"

/** Every listener of one emulator. */
export class Listeners {
  readonly #host: string
  readonly #servers: Server[] = []

  constructor(host: string) {
    this.#host = host
  }

  /** Binds one origin to its own port, and returns that port. @throws ListenError */
  openPlain(origin: Origin, port: number, listener: RequestListener): Promise<number> {
    return this.#bind(origin, port, createServer(listener))
  }

  /** Binds one port for both origins; the name in the request selects one. @throws ListenError */
  openTls(
    port: number,
    certificate: ServerCertificate,
    listeners: Readonly<Record<Origin, RequestListener>>,
  ): Promise<number> {
    const server = createTlsServer({ ...certificate, ALPNProtocols: ["http/1.1"] }, (incoming, outgoing) =>
      listeners[originAskedFor(incoming)](incoming, outgoing),
    )
    letReset(server)
    return this.#bind("tls", port, server)
  }

  /** Closes all of them and their connections immediately. */
  async close(): Promise<void> {
    await Promise.all(
      this.#servers.splice(0).map(async (server) => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()))
        server.closeAllConnections()
        await closed
      }),
    )
  }

  async #bind(listener: Origin | "tls", port: number, server: Server): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      server.once("error", (error) => reject(new ListenError(listener, { host: this.#host, port }, error)))
      server.listen(port, this.#host, resolve)
    })
    this.#servers.push(server)
    return (server.address() as AddressInfo).port
  }
}

/** Node can reset TCP connections only: a TLS socket forwards the reset to the one below, which has the same peer. */
function letReset(server: TlsServer): void {
  const below = new Map<string, Socket>()
  const peerOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`
  server.on("connection", (socket: Socket) => {
    const peer = peerOf(socket)
    below.set(peer, socket)
    socket.once("close", () => below.delete(peer))
  })
  server.on("secureConnection", (socket) => {
    const tcp = below.get(peerOf(socket))
    socket.resetAndDestroy = () => {
      tcp?.resetAndDestroy()
      return socket.destroy()
    }
  })
}

/** By SNI, or by the Host header of a client that sends none. */
function originAskedFor({ socket, headers }: IncomingMessage): Origin {
  const sni = "servername" in socket ? socket.servername : undefined
  const name = typeof sni === "string" ? sni : headers.host?.replace(/:\d+$/, "")
  return name?.toLowerCase() === bitbucketHostNames.api ? "api" : "site"
}
