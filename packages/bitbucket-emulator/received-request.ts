import type { Origin } from "./engine.ts"
import { parseForm } from "./form.ts"

/** A request, read once, for the journal and the fault matcher. */
export interface ReceivedRequest {
  readonly origin: Origin
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly form: URLSearchParams
  readonly headers: Headers
  /** The headers as received, in their order and spelling. */
  readonly headerLines: readonly (readonly [string, string])[]
}

export function describeRequest(
  origin: Origin,
  request: Request,
  incoming: { readonly rawHeaders: readonly string[] },
  body: string,
): ReceivedRequest {
  const { path, query } = splitAddress(request.url)
  return {
    origin,
    method: request.method,
    path,
    query: new URLSearchParams(query),
    form: parseForm(request.headers.get("Content-Type"), body),
    headers: request.headers,
    headerLines: pairs(incoming.rawHeaders),
  }
}

/** Path and query of an address that is known to be absolute and normalised; `new URL` would parse it once more. */
export function splitAddress(address: string): { path: string; query: string } {
  const pathAt = address.indexOf("/", address.indexOf("://") + 3)
  const [path = "/", ...query] = address.slice(pathAt).split("?")
  return { path, query: query.join("?") }
}

function pairs(rawHeaders: readonly string[]): [string, string][] {
  const lines: [string, string][] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    lines.push([rawHeaders[at] ?? "", rawHeaders[at + 1] ?? ""])
  }
  return lines
}
