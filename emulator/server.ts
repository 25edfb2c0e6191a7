import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { getRequestListener } from "@hono/node-server"
import type { Bitbucket } from "./bitbucket.ts"
import type { Origin } from "./engine.ts"
import { breakConnection, deliverFault } from "./fault-delivery.ts"
import type { FaultBook } from "./faults.ts"
import { identify } from "./identify.ts"
import type { Interruption } from "./interruption.ts"
import type { Journal } from "./journal.ts"
import { describeRequest } from "./received-request.ts"

/** What stands between the socket and Bitbucket. */
export interface Wire {
  readonly bitbucket: Bitbucket
  readonly engine: Record<Origin, (request: Request) => Promise<Response>>
  readonly control: (request: Request, remoteAddress: string) => Promise<Response>
  readonly faults: FaultBook
  readonly journal: Journal
  readonly interruption: Interruption
}

const MAX_BODY_BYTES = 1024 * 1024

/** One of the two listeners. Faults and the journal live here, because only here is there a socket to break. */
export function createOriginServer(origin: Origin, wire: Wire): Server {
  const listener = getRequestListener(
    async (request, { outgoing }) => answer(origin, wire, request, outgoing as ServerResponse),
    // The emulator also runs inside other people's test processes, whose globals are not ours to replace.
    { overrideGlobalObjects: false },
  )
  return createServer(async (incoming, outgoing) => {
    outgoing.sendDate = false
    outgoing.setHeader("Date", wire.bitbucket.clock.date().toUTCString())
    const rawBody = await readBody(incoming)
    if (rawBody === null) {
      outgoing
        .writeHead(413, { "Content-Type": "text/plain", Connection: "close" })
        .end("Payload Too Large\n")
      return
    }
    // The listener takes a body that was read already from `rawBody`.
    await listener(Object.assign(incoming, { rawBody }), outgoing)
  })
}

async function answer(
  origin: Origin,
  wire: Wire,
  request: Request,
  outgoing: ServerResponse,
): Promise<Response> {
  const { bitbucket, engine, faults, journal, interruption } = wire
  if (origin === "site" && /^\/_control(\/|$)/.test(new URL(request.url).pathname)) {
    return wire.control(request, outgoing.req.socket.remoteAddress ?? "")
  }
  const body = (outgoing.req as IncomingMessage & { rawBody: Buffer }).rawBody.toString("utf8")
  const received = describeRequest(origin, request, body)
  const identity = identify(bitbucket, received)
  const row = journal.open(received, identity)
  const fault = faults.take(received, identity)
  try {
    await interruption.pause(bitbucket.config.latency_ms)
    const process = async () => {
      const response = await engine[origin](request)
      row.close(response)
      return response
    }
    if (fault === null) return await process()
    row.meetFault(fault.kind)
    const response = await deliverFault(fault, { process, outgoing, interruption })
    row.closeUnlessClosed(response)
    return response
  } catch (error) {
    // Interrupted while held: whoever still waits is let go without an answer.
    if (error instanceof Error && error.name === "AbortError") return breakConnection(outgoing)
    throw error
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
