import * as http from "node:http"
import * as https from "node:https"
import { promisify } from "node:util"
import * as zlib from "node:zlib"
import { BitbucketError } from "auth-bitbucket/bitbucket/errors"
import { withDeadline } from "auth-bitbucket/http/deadline"
import { timeBudgetSignal } from "auth-bitbucket/http/time-budget"
import { environment } from "@/lib/env"
import { inRequestSpan } from "./request-span"

/** From the first byte sent to the last byte read: a page that needs Bitbucket answers within six seconds. */
const DEADLINE_MS = 5_000
/** Of a body as it comes and once more decoded: an answer of this size is two hundred times a profile. */
const LARGEST_BODY_BYTES = 256 * 1024

const gunzip = promisify<Uint8Array, zlib.ZlibOptions, Buffer<ArrayBuffer>>(zlib.gunzip)

/**
 * The one way out to Bitbucket. Takes and gives what `fetch` does, but bounded: the two configured origins only, five
 * seconds in all, 256 kB of body at most, no redirect followed (RFC 9700 §4.12), nothing cached or shared. The body
 * has been read when it resolves.
 *
 * Asks for gzip and decodes the answer itself. `fetch` hands each answer to whichever of Node's decoders the answer
 * names, before its caller sees a header; one of them, Brotli's, stays broken in Node 20 (CVE-2026-111497).
 *
 * @param origins of Bitbucket; those that the environment names unless given
 * @throws BitbucketError `unreachable` where no whole answer came in time, `unexpected_answer` where it is
 *   a redirect, too long or in an encoding other than gzip
 */
export async function boundedFetch(
  input: string | URL | Request,
  init: RequestInit = {},
  origins: readonly string[] = bitbucketOrigins(),
): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input)
  if (!origins.includes(url.origin)) throw new TypeError("boundedFetch speaks to Bitbucket only")
  const { signal: callersSignal, ...rest } = init
  const request = requestOf(input, rest)

  return inRequestSpan(request.method, url, () =>
    withDeadline(DEADLINE_MS, (deadline) => {
      const signals = [deadline, timeBudgetSignal(), callersSignal]
      return fetchWhole(request, AbortSignal.any(signals.filter((one) => one instanceof AbortSignal)))
    }),
  )
}

/** A token that no header can hold came from Bitbucket; the reason that `Request` gives would repeat it. */
function requestOf(input: string | URL | Request, init: RequestInit): Request {
  try {
    return new Request(input, init)
  } catch {
    throw new BitbucketError("unexpected_answer")
  }
}

async function fetchWhole(request: Request, signal: AbortSignal): Promise<Response> {
  try {
    return await readWhole(await send(request, signal))
  } catch (error) {
    if (error instanceof BitbucketError) throw error
    throw new BitbucketError("unreachable", { cause: signal.aborted ? signal.reason : error })
  }
}

function bitbucketOrigins(): string[] {
  const { BITBUCKET_SITE_URL, BITBUCKET_API_URL } = environment()
  return [BITBUCKET_SITE_URL, BITBUCKET_API_URL].map((address) => new URL(address).origin)
}

async function send(request: Request, signal: AbortSignal): Promise<http.IncomingMessage> {
  const body = new Uint8Array(await request.arrayBuffer())
  const headers = {
    accept: "*/*",
    "user-agent": "sign-in-with-bitbucket",
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

async function readWhole(answer: http.IncomingMessage): Promise<Response> {
  const { statusCode: status = 0 } = answer
  const headers = headersOf(answer)
  const encoding = headers.get("content-encoding")?.trim().toLowerCase() || "identity"
  const isReadable = ["identity", "gzip", "x-gzip"].includes(encoding)
  const isFinal = (status >= 200 && status < 300) || (status >= 400 && status < 600)
  if (!isReadable || !isFinal) {
    answer.destroy()
    throw new BitbucketError("unexpected_answer", { status })
  }
  const received = await collect(answer, status)
  const body = encoding === "identity" || received.length === 0 ? received : await decode(received, status)
  // The body in hand is decoded: headers that describe its encoded form would be lies.
  headers.delete("content-encoding")
  headers.delete("content-length")
  return new Response(status === 204 || status === 205 ? null : body, { status, headers })
}

async function collect(answer: http.IncomingMessage, status: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > LARGEST_BODY_BYTES) throw new BitbucketError("unexpected_answer", { status })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Stops where the decoded body grows too long, whatever it was on the wire. */
async function decode(received: Uint8Array, status: number): Promise<Buffer<ArrayBuffer>> {
  try {
    return await gunzip(received, { maxOutputLength: LARGEST_BODY_BYTES })
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
