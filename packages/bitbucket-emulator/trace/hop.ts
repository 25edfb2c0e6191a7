import type { Bitbucket } from "../bitbucket.ts"
import type { FaultKind } from "../faults.ts"
import type { JournalEntry, JournalRow } from "../journal.ts"
import { isForServers } from "./endpoints.ts"

/** One request and its response as a trace shows them: redacted, and from the point of view of the sender. */
export interface Hop {
  readonly at: string
  /** The sender: the person's browser, or the application's server. */
  readonly from: "browser" | "application"
  readonly method: string
  readonly address: string
  readonly query: Record<string, string>
  readonly requestHeaders: Record<string, string>
  readonly form: Record<string, string>
  readonly status: number | null
  readonly responseHeaders: Record<string, string>
  readonly responseBody: unknown
  readonly durationMs: number | null
  readonly fault: FaultKind | null
}

export function hopOf({ siteUrl, apiUrl }: Bitbucket, { row, detail }: JournalEntry): Hop {
  const query = Object.entries(row.query).map(([name, value]) => `${name}=${value}`)
  const address = `${row.origin === "site" ? siteUrl : apiUrl}${row.path}`
  return {
    at: row.at,
    from: isServerToServer(row) ? "application" : "browser",
    method: row.method,
    address: query.length === 0 ? address : `${address}?${query.join("&")}`,
    query: row.query,
    requestHeaders: detail?.requestHeaders ?? {},
    form: row.form,
    status: row.status,
    responseHeaders: detail?.responseHeaders ?? {},
    responseBody: detail?.responseBody ?? null,
    durationMs: row.duration_ms,
    fault: row.fault,
  }
}

function isServerToServer({ origin, path }: JournalRow): boolean {
  return origin === "api" || isForServers(path)
}

/** Where the response redirects the browser, if it does. */
export function locationOf(hop: Hop): string | null {
  return headerOf(hop.responseHeaders, "location")
}

export function headerOf(headers: Record<string, string>, wanted: string): string | null {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? null
}

/** The headers that concern signing in; the others are in the HAR. */
export function notableHeaders(headers: Record<string, string>): [string, string][] {
  const isNotable =
    /^(authorization|cookie|content-type|location|set-cookie|www-authenticate|retry-after|x-(accepted-)?oauth-scopes|x-ratelimit-.*)$/i
  return Object.entries(headers).filter(([name]) => isNotable.test(name))
}
