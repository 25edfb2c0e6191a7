import type { ServerResponse } from "node:http"
import { gzipSync } from "node:zlib"
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response"
import type { FaultKind, PlantedFault } from "./faults.ts"
import type { Interruption } from "./interruption.ts"
import { varyReply } from "./reply-variants.ts"

/** What a fault needs: Bitbucket's own response if it uses one, and the socket. */
export interface Delivery {
  readonly process: () => Promise<Response>
  readonly outgoing: ServerResponse
  readonly interruption: Interruption
}

const SLOW_BODY_PIECES = 10

/** Bitbucket does not see these requests, so they may wait before processing. */
const UNPROCESSED: ReadonlySet<FaultKind> = new Set(["status", "html", "gzip_bomb", "hang", "empty", "reset"])

/**
 * Answers one request as the fault says. A request that Bitbucket processes is processed immediately, and `delay_ms` holds
 * back only the response: a client that gives up in between has used its code or refresh token. Faults that break the
 * connection write to the socket themselves.
 */
export async function deliverFault(fault: PlantedFault, delivery: Delivery): Promise<Response> {
  const { process, outgoing, interruption } = delivery
  const processThenPause = async () => {
    const response = await process()
    await interruption.pause(fault.delay_ms, fault.id)
    return response
  }
  if (UNPROCESSED.has(fault.kind)) await interruption.pause(fault.delay_ms, fault.id)
  switch (fault.kind) {
    case "status":
      return statusResponse(fault)
    case "html":
      return htmlResponse(fault)
    case "gzip_bomb":
      return gzipBomb(fault)
    case "delay":
      return await processThenPause()
    case "malformed":
      return malformed(await processThenPause(), fault)
    case "variant": {
      const response = await processThenPause()
      return fault.variant === undefined ? response : await varyReply(response, fault.variant)
    }
    case "hang":
      await interruption.hold(fault.id)
      return breakConnection(outgoing)
    case "empty":
      return breakConnection(outgoing)
    case "reset":
      outgoing.socket?.resetAndDestroy()
      return RESPONSE_ALREADY_SENT
    case "drop_response":
      await processThenPause()
      return breakConnection(outgoing)
    case "truncate":
      return await truncate(await processThenPause(), outgoing)
    case "slow_body":
      return await dribble(await process(), fault, delivery)
  }
}

/** Ends the connection without another byte. */
export function breakConnection(outgoing: ServerResponse): Response {
  outgoing.socket?.destroy()
  return RESPONSE_ALREADY_SENT
}

/** Bitbucket's plain text for these statuses: BB-P12, 46 bytes, and BB-P9, 9 bytes. */
const PLAIN_BODIES: Readonly<Record<number, string>> = {
  404: "Not Found",
  429: "Rate limit for this resource has been exceeded",
}

function statusResponse(fault: PlantedFault): Response {
  const status = fault.status ?? 503
  const headers = headersOf(fault, { "Content-Type": "text/plain; charset=utf-8" })
  return reply(fault.body ?? PLAIN_BODIES[status] ?? `Emulated status ${status}\n`, { status, headers })
}

/** A Response rejects a body with these statuses, so a fault cannot have one. */
function reply(body: string | Buffer<ArrayBuffer>, init: { status: number; headers: Headers }): Response {
  const hasNoBody = init.status === 204 || init.status === 205 || init.status === 304
  return new Response(hasNoBody ? null : body, init)
}

function malformed({ status, headers }: Response, fault: PlantedFault): Response {
  return reply(fault.body ?? '{"unterminated": [', { status, headers })
}

/** BB-P13: an edge server's page; its text is ours. */
function htmlResponse(fault: PlantedFault): Response {
  const body = fault.body ?? "<!doctype html><html><body><h1>Something went wrong</h1></body></html>\n"
  const headers = headersOf(fault, { "Content-Type": "text/html; charset=utf-8" })
  return reply(body, { status: fault.status ?? 200, headers })
}

function gzipBomb(fault: PlantedFault): Response {
  return reply(gzipSync(Buffer.alloc(fault.size_bytes, " ")), {
    status: fault.status ?? 200,
    headers: headersOf(fault, { "Content-Type": "application/json", "Content-Encoding": "gzip" }),
  })
}

/** The fault's own headers win, in any case. */
function headersOf(fault: PlantedFault, defaults: Record<string, string>): Headers {
  const headers = new Headers(defaults)
  for (const [name, value] of Object.entries(fault.headers)) headers.set(name, value)
  return headers
}

async function truncate(response: Response, outgoing: ServerResponse): Promise<Response> {
  const body = await writeHead(response, outgoing)
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.socket?.destroy())
  return RESPONSE_ALREADY_SENT
}

async function dribble(
  response: Response,
  { delay_ms, id }: PlantedFault,
  { outgoing, interruption }: Delivery,
): Promise<Response> {
  const body = await writeHead(response, outgoing)
  const pieceLength = Math.ceil(body.length / SLOW_BODY_PIECES)
  for (let start = 0; start < body.length; start += pieceLength) {
    await interruption.pause(delay_ms / SLOW_BODY_PIECES, id)
    outgoing.write(body.subarray(start, start + pieceLength))
  }
  outgoing.end()
  return RESPONSE_ALREADY_SENT
}

/** Sends status and headers with the full length of a body that the caller then writes in its own way. */
async function writeHead(response: Response, outgoing: ServerResponse): Promise<Buffer> {
  const body = Buffer.from(await response.arrayBuffer())
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value)
  outgoing.writeHead(response.status, { "Content-Length": body.length })
  outgoing.flushHeaders()
  return body
}
