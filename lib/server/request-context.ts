import { AsyncLocalStorage } from "node:async_hooks"
import { processWide } from "./process-wide"

/** What we know of the current request before we believe any of its contents. */
export type RequestContext = {
  /** Names the request in the log and in the header `x-request-id` of its answer. */
  requestId: string
  /** The socket's address; that of a proxy if there is one. */
  peerAddress: string | undefined
  /** The header X-Forwarded-For as it came in: Next writes one where there was none. */
  forwardedFor: string | undefined
}

const storage = () => processWide("request-context", () => new AsyncLocalStorage<RequestContext>())

/** Makes the context available to all code that runs because of this request. */
export function enterRequestContext(context: RequestContext): void {
  storage().enterWith(context)
}

/** @returns undefined outside of requests, and where the server is not ours */
export function requestContext(): RequestContext | undefined {
  return storage().getStore()
}
