import type { Origin } from "./engine.ts"

/** A listener that could not be bound, for instance because another program uses its port. */
export class ListenError extends Error {
  /** Node's error code, such as EADDRINUSE, EACCES or EADDRNOTAVAIL. */
  readonly code: string
  readonly listener: Origin | "tls"
  readonly host: string
  readonly port: number

  constructor(
    listener: Origin | "tls",
    address: { host: string; port: number },
    cause: Error & { readonly code?: string },
  ) {
    const reason = cause.code === "EADDRINUSE" ? "is in use" : `cannot be bound (${cause.code})`
    super(`Port ${address.port} of ${address.host}, for the emulated ${listener}, ${reason}`, { cause })
    this.name = "ListenError"
    this.code = cause.code ?? "unknown"
    this.listener = listener
    this.host = address.host
    this.port = address.port
  }
}
