import type { IncomingMessage, RequestListener, ServerResponse } from "node:http"
import { getRequestListener } from "@hono/node-server"
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response"
import { basePathOf, type PublicAddresses } from "./addresses.ts"
import { belowBasePath } from "./base-path.ts"
import type { Bitbucket } from "./bitbucket.ts"
import type { Answer, Origin } from "./engine.ts"
import { breakConnection, deliverFault } from "./fault-delivery.ts"
import type { FaultBook } from "./faults.ts"
import { noteForm } from "./form.ts"
import { identify } from "./identify.ts"
import type { Interruption } from "./interruption.ts"
import type { Journal } from "./journal.ts"
import { describeRequest, splitAddress } from "./received-request.ts"
import { readReplyBody } from "./reply-body.ts"

/** The layers between the socket and Bitbucket. */
export interface Wire {
  readonly bitbucket: Bitbucket
  readonly addresses: PublicAddresses
  readonly engine: Record<Origin, Answer>
  readonly control: (request: Request, remoteAddress: string) => Promise<Response>
  readonly faults: FaultBook
  readonly journal: Journal
  readonly interruption: Interruption
  /** Whether the emulator may replace the globals of this process. */
  readonly ownsProcess: boolean
}

const MAX_BODY_BYTES = 1024 * 1024

/** The size limit for a restored state: a token has up to 2,600 characters, and there may be thousands. */
const MAX_STATE_BYTES = 64 * MAX_BODY_BYTES

function maxBodyBytes(origin: Origin, address = ""): number {
  return origin === "site" && address === "/_control/state" ? MAX_STATE_BYTES : MAX_BODY_BYTES
}

/** Answers for one of the two origins. Faults and the journal live here, because only here is there a socket to break. */
export function createOriginListener(origin: Origin, wire: Wire): RequestListener {
  const listener = getRequestListener(
    async (request, { incoming, outgoing }) =>
      wire.addresses.under(origin, incoming as IncomingMessage, (sentTo) =>
        answer(origin, wire, { request, sentTo, outgoing: outgoing as ServerResponse }),
      ),
    { overrideGlobalObjects: wire.ownsProcess },
  )
  return async (incoming, outgoing) => {
    outgoing.sendDate = false
    outgoing.setHeader("Date", wire.bitbucket.clock.date().toUTCString())
    const rawBody = await readBody(incoming, maxBodyBytes(origin, incoming.url))
    if (rawBody === "broken off") return
    if (rawBody === "too long") {
      outgoing
        .writeHead(413, { "Content-Type": "text/plain", Connection: "close" })
        .end("Payload Too Large\n")
      return
    }
    // The listener takes a body that was already read from `rawBody`.
    await listener(Object.assign(incoming, { rawBody }), outgoing)
  }
}

async function answer(
  origin: Origin,
  wire: Wire,
  { request, sentTo, outgoing }: { request: Request; sentTo: string | null; outgoing: ServerResponse },
): Promise<Response> {
  const { bitbucket, engine, faults, journal, interruption } = wire
  if (origin === "site" && /^\/_control(\/|$)/.test(splitAddress(request.url).path)) {
    const response = await wire.control(request, outgoing.req.socket.remoteAddress ?? "")
    return await belowBasePath(response, basePathOf(bitbucket.siteUrl))
  }
  const incoming = outgoing.req as IncomingMessage & { rawBody: Buffer }
  const received = describeRequest(origin, request, incoming, incoming.rawBody.toString("utf8"))
  noteForm(request, received.form)
  const identity = identify(bitbucket, received)
  const entry = journal.open(received, identity)
  const fault = faults.take(received, identity)
  try {
    await interruption.pause(bitbucket.config.latency_ms, null)
    const process = async () => {
      const answered = await engine[origin](request, withOrigin(request.url, sentTo))
      const response =
        origin === "site" ? await belowBasePath(answered, basePathOf(bitbucket.siteUrl)) : answered
      entry.close(response, await readReplyBody(response))
      return response
    }
    if (fault === null) return await process()
    entry.meetFault(fault.kind)
    const response = await deliverFault(fault, { process, outgoing, interruption })
    if (entry.isClosed) entry.noteEnd()
    else if (response !== RESPONSE_ALREADY_SENT) entry.close(response, null)
    return response
  } catch (error) {
    // Interrupted while held: clients that still wait get no response.
    if (error instanceof Error && error.name === "AbortError") return breakConnection(outgoing)
    throw error
  }
}

function withOrigin(address: string, sentTo: string | null): string {
  if (sentTo === null) return address
  return sentTo + address.slice(address.indexOf("/", address.indexOf("://") + 3))
}

/**
 * The whole body, or why there is none: a client that hangs up in the middle expects no response. Events, because an async
 * iterator costs as much as the rest.
 */
function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | "too long" | "broken off"> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    incoming.on("data", (chunk: Buffer) => {
      length += chunk.length
      if (length <= maxBytes) chunks.push(chunk)
      else resolve("too long")
    })
    incoming.once("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    incoming.on("error", () => resolve("broken off"))
  })
}
