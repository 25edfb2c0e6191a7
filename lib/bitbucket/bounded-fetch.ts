import { environment } from "@/lib/env"
import { withDeadline } from "./deadline"
import { BitbucketError } from "./errors"
import { inRequestSpan } from "./request-span"
import { timeBudgetSignal } from "./time-budget"

/** From the first byte sent to the last byte read: a page that needs Bitbucket answers within six seconds. */
const DEADLINE_MS = 5_000
/** Of the decoded body: an answer of this size is two hundred times a profile. */
const LARGEST_BODY_BYTES = 256 * 1024

/**
 * The one way out to Bitbucket. As `fetch`, but bounded: the two configured origins only, five seconds in
 * all, 256 kB of decoded body at most, no redirect followed (RFC 9700 §4.12), nothing cached or shared.
 * The body has been read when it resolves.
 *
 * @param origins of Bitbucket; those that the environment names unless given
 * @throws BitbucketError `unreachable` where no whole answer came in time, `unexpected_answer` where it is
 *   a redirect or too long
 */
export async function boundedFetch(
  input: string | URL | Request,
  init: RequestInit = {},
  origins: readonly string[] = bitbucketOrigins(),
): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input)
  if (!origins.includes(url.origin)) throw new TypeError("boundedFetch speaks to Bitbucket only")

  const method = input instanceof Request ? input.method : (init.method ?? "GET")
  return inRequestSpan(method, url, () =>
    withDeadline(DEADLINE_MS, (deadline) => fetchWhole(input, init, deadline)),
  )
}

async function fetchWhole(
  input: string | URL | Request,
  init: RequestInit,
  deadline: AbortSignal,
): Promise<Response> {
  const signals = [deadline, timeBudgetSignal(), init.signal]
  const signal = AbortSignal.any(signals.filter((one) => one instanceof AbortSignal))
  try {
    const response = await fetch(input, { ...init, signal, redirect: "manual", cache: "no-store" })
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel()
      throw new BitbucketError("unexpected_answer", { status: response.status })
    }
    return await readWhole(response)
  } catch (cause) {
    if (cause instanceof BitbucketError) throw cause
    throw new BitbucketError("unreachable", { cause })
  }
}

function bitbucketOrigins(): string[] {
  const { BITBUCKET_SITE_URL, BITBUCKET_API_URL } = environment()
  return [BITBUCKET_SITE_URL, BITBUCKET_API_URL].map((address) => new URL(address).origin)
}

async function readWhole(response: Response): Promise<Response> {
  const { status, headers } = response
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > LARGEST_BODY_BYTES) throw new BitbucketError("unexpected_answer", { status })
    chunks.push(chunk)
  }
  const forbidsBody = status === 204 || status === 205
  return new Response(forbidsBody ? null : Buffer.concat(chunks), {
    status,
    headers: decodedHeaders(headers),
  })
}

/** The body in hand is decoded: headers that describe its encoded form would be lies. */
function decodedHeaders(headers: Headers): Headers {
  const copy = new Headers(headers)
  copy.delete("content-encoding")
  copy.delete("content-length")
  return copy
}
