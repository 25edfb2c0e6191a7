import { AsyncLocalStorage } from "node:async_hooks"
import { processWide } from "./process-wide"

/** What we know about the current request before we trust any of its contents. */
export type RequestContext = {
  /** Identifies the request in the log and in the response's `x-request-id`. */
  requestId: string
  /** The socket's address; that of a proxy if there is one. */
  peerAddress: string | undefined
  /** The header X-Forwarded-For as received: Next adds one if there was none. */
  forwardedFor: string | undefined
}

const storage = () => processWide("request-context", () => new AsyncLocalStorage<RequestContext>())

/** Makes the context available to all code that runs because of this request. */
export function enterRequestContext(context: RequestContext): void {
  storage().enterWith(context)
}

/** @returns undefined outside of requests, and on servers that are not ours */
export function requestContext(): RequestContext | undefined {
  return storage().getStore()
}
