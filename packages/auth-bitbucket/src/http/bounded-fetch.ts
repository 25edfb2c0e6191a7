import * as http from "node:http"
import * as https from "node:https"
import { promisify } from "node:util"
import * as zlib from "node:zlib"
import { BitbucketError } from "../bitbucket/errors.ts"
import { systemClock, withDeadline } from "../time/clock.ts"

/** From the first byte sent to the last byte read. */
const DEADLINE_MS = 5_000
/** Two hundred times the size of a profile. A page of a hundred repositories can be larger, so its caller raises the limit. */
const MOST_BODY_BYTES = 256 * 1024

const gunzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer<ArrayBuffer>>(zlib.gunzip)

export type BoundedFetchOptions = {
  /** The only origins that it calls, such as `https://api.bitbucket.org`. */
  origins: readonly string[]
  /** Milliseconds from the first byte sent to the last byte read; 5,000 by default. */
  deadlineMs?: number | undefined
  /** The most bytes of a body to read, both on the wire and decoded; 262,144 by default. */
  maxBodyBytes?: number | undefined
  /** Sends the requests instead of Node's own HTTP client, within the same bounds. */
  fetch?: typeof globalThis.fetch | undefined
}

/**
 * Creates a `fetch` for Bitbucket that no server can stall, flood or redirect: it calls only the given origins,
 * follows no redirects (RFC 9700 §4.12), and has read the whole body when it resolves.
 *
 * It asks for gzip and decodes the response itself. Node's `fetch` uses whichever decoder the response
 * names, before its caller sees a header, and one of them, for Brotli, remains broken in Node 20 (CVE-2026-111497).
 *
 * The returned function throws `TypeError` for another origin. Otherwise it throws BitbucketError: `unreachable` if
 * no complete response came in time or the caller's signal aborted, `unexpected_answer` if it is a redirect, too long or
 * in an encoding other than gzip.
 */
export function createBoundedFetch(options: BoundedFetchOptions): typeof globalThis.fetch {
  const { origins, deadlineMs = DEADLINE_MS, maxBodyBytes = MOST_BODY_BYTES, fetch } = options
  return async (input, init = {}) => {
    const { signal: callersSignal, ...rest } = init
    const url = new URL(input instanceof Request ? input.url : input)
    if (!origins.includes(url.origin)) throw new TypeError("A bounded fetch calls only Bitbucket's origins")
    const request = requestOf(input, rest)

    return withDeadline(systemClock, deadlineMs, async (deadline) => {
      const signal = callersSignal ? AbortSignal.any([deadline, callersSignal]) : deadline
      try {
        if (!fetch) return await readMessage(await send(request, signal), maxBodyBytes)
        const target = input instanceof Request ? request : url.href
        const answer = await fetch(target, { ...rest, redirect: "manual", signal })
        return await readAnswer(answer, maxBodyBytes)
      } catch (error) {
        if (error instanceof BitbucketError) throw error
        throw new BitbucketError("unreachable", { cause: signal.aborted ? signal.reason : error })
      }
    })
  }
}

/** Fails if Bitbucket issued a token that no header can hold. The message of `Request` would repeat the token. */
function requestOf(input: string | URL | Request, init: RequestInit): Request {
  try {
    return new Request(input, init)
  } catch {
    throw new BitbucketError("unexpected_answer")
  }
}

async function send(request: Request, signal: AbortSignal): Promise<http.IncomingMessage> {
  const body = new Uint8Array(await request.arrayBuffer())
  const headers = {
    accept: "*/*",
    "user-agent": "auth-bitbucket",
    ...Object.fromEntries(request.headers),
    "accept-encoding": "gzip",
  }
  const start = request.url.startsWith("https:") ? https.request : http.request
  return new Promise((resolve, reject) => {
    start(request.url, { method: request.method, headers, signal })
      .on("response", resolve)
      .on("error", reject)
      .on("close", () => reject(new Error("The connection was closed before an answer came")))
      .end(body)
  })
}

async function readMessage(answer: http.IncomingMessage, maxBodyBytes: number): Promise<Response> {
  const { statusCode: status = 0 } = answer
  const headers = headersOf(answer)
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() || "identity"
  if (!["identity", "gzip", "x-gzip"].includes(encoding) || !isFinal(status)) {
    answer.destroy()
    throw new BitbucketError("unexpected_answer", { status })
  }
  const received = await collect(answer, status, maxBodyBytes)
  const isPlain = encoding === "identity" || received.length === 0
  return wholeAnswer(status, headers, isPlain ? received : await decode(received, status, maxBodyBytes))
}

/** A `fetch` has already decoded its answer. */
async function readAnswer(answer: Response, maxBodyBytes: number): Promise<Response> {
  const { status } = answer
  if (!isFinal(status)) {
    await answer.body?.cancel()
    throw new BitbucketError("unexpected_answer", { status })
  }
  const body = answer.body ? await collect(answer.body, status, maxBodyBytes) : new Uint8Array()
  return wholeAnswer(status, new Headers(answer.headers), body)
}

/** Neither a 1xx nor a redirect. */
function isFinal(status: number): boolean {
  return (status >= 200 && status < 300) || (status >= 400 && status < 600)
}

function wholeAnswer(status: number, headers: Headers, body: Uint8Array<ArrayBuffer>): Response {
  // The body is decoded now, so headers about its encoded form would be wrong.
  headers.delete("content-encoding")
  headers.delete("content-length")
  return new Response(status === 204 || status === 205 ? null : body, { status, headers })
}

async function collect(
  body: AsyncIterable<Uint8Array>,
  status: number,
  maxBodyBytes: number,
): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > maxBodyBytes) throw new BitbucketError("unexpected_answer", { status })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Stops as soon as the decoded body is too long, whatever its size on the wire. */
async function decode(
  received: Uint8Array,
  status: number,
  maxBodyBytes: number,
): Promise<Buffer<ArrayBuffer>> {
  try {
    return await gunzip(received, { maxOutputLength: maxBodyBytes })
  } catch (cause) {
    throw new BitbucketError("unexpected_answer", { status, cause })
  }
}

function headersOf({ rawHeaders }: http.IncomingMessage): Headers {
  const headers = new Headers()
  for (let index = 0; index < rawHeaders.length; index += 2)
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "")
  return headers
}
