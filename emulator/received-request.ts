import type { Origin } from "./engine.ts"
import { parseForm } from "./form.ts"

/** What arrived, read once, for the journal and the fault matcher to look at. */
export interface ReceivedRequest {
  readonly origin: Origin
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly form: URLSearchParams
  readonly headers: Headers
}

export function describeRequest(origin: Origin, request: Request, body: string): ReceivedRequest {
  const url = new URL(request.url)
  return {
    origin,
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    form: parseForm(request.headers.get("Content-Type"), body),
    headers: request.headers,
  }
}
