import { type BitbucketClient, createBoundedFetch, createClient } from "auth-bitbucket/client"
import { processWide } from "@/lib/server/process-wide"
import { inRequestSpan } from "./request-span"
import { timeBudgetSignal } from "./time-budget"
import { urlsOf } from "./urls"

/** For one response: a page of repositories with long descriptions has 300 kB. */
const MOST_BODY_BYTES = 1024 * 1024
/** For a response about a user: two hundred times the usual size. */
const MOST_BYTES_OF_A_PERSON = 256 * 1024

const transport = () => processWide<{ fetch?: typeof fetch }>("bitbucket-transport", () => ({}))

/** Makes this process send its requests to Bitbucket with another function than Node's HTTP client. Called when a server starts. @public */
export function sendRequestsToBitbucketBy(fetch: typeof globalThis.fetch): void {
  transport().fetch = fetch
}

/**
 * Every request to this deployment's Bitbucket goes through here: it is bounded, limited by the calling page's time budget,
 * traced and measured.
 *
 * @throws BitbucketError
 */
export const bitbucketFetch: typeof fetch = (input, init = {}) => {
  const { site, api } = urlsOf()
  const origins = [site, api].map((address) => new URL(address).origin)
  const boundedFetch = createBoundedFetch({ origins, maxBodyBytes: MOST_BODY_BYTES, ...transport() })
  const signals = [init.signal, timeBudgetSignal()].filter((signal) => signal instanceof AbortSignal)
  const { method = "GET", url } = input instanceof Request ? input : { ...init, url: input }
  return inRequestSpan(method, new URL(url), () =>
    boundedFetch(input, { ...init, ...(signals.length > 0 && { signal: AbortSignal.any(signals) }) }),
  )
}

/** Writes the Authorization header of one request. */
export type RequestSigner = (method: "GET", url: string) => string

/** What authorizes a call: an access token, or a signer that signs each request with one. */
export type ApiCredential = string | RequestSigner

/** A client with this credential alone. */
export function clientWith(credential: ApiCredential): BitbucketClient {
  const isToken = typeof credential === "string"
  return createClient({
    getToken: () => (isToken ? credential : ""),
    fetch: isToken ? bitbucketFetch : signedFetch(credential),
    urls: urlsOf(),
    maxResponseBytes: MOST_BYTES_OF_A_PERSON,
  })
}

/** A `fetch` that signs each request instead of sending a token. */
export function signedFetch(sign: RequestSigner): typeof fetch {
  return (input, init = {}) => {
    const headers = new Headers(init.headers)
    // What the older protocol connected is only read.
    headers.set("authorization", sign("GET", input instanceof Request ? input.url : String(input)))
    return bitbucketFetch(input, { ...init, headers })
  }
}
