import type { Origin } from "./engine.ts"
import type { IsClientKey } from "./identify.ts"
import {
  redactAddress,
  redactAuthorization,
  redactName,
  redactParameters,
  redactSecret,
  shorten,
} from "./redaction.ts"

/** Headers whose values are safe to show. For all others only the length is kept. */
const PUBLIC_HEADERS = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "access-control-allow-origin",
  "cache-control",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "date",
  "etag",
  "host",
  "origin",
  "pragma",
  "retry-after",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-fetch-site",
  "sec-fetch-user",
  "upgrade-insecure-requests",
  "user-agent",
  "vary",
  "www-authenticate",
  "x-accepted-oauth-scopes",
  "x-credential-type",
  "x-frame-options",
  "x-oauth-scopes",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
])

/** The members of a token response that are not tokens. */
const PUBLIC_MEMBERS = new Set([
  "error",
  "error_description",
  "expires_in",
  "scope",
  "scopes",
  "state",
  "token_type",
])

const LONGEST_TEXT = 400

/** Headers as a trace may show them: with the scheme and the client, but without cookies or credentials. */
export function redactHeaders(
  headers: Iterable<readonly [string, string]>,
  isClientKey?: IsClientKey,
): Record<string, string> {
  const redacted: Record<string, string> = {}
  for (const [name, value] of headers) {
    const line = redactHeader(name.toLowerCase(), value, isClientKey)
    redacted[name] = shorten(redacted[name] === undefined ? line : `${redacted[name]}, ${line}`)
  }
  return redacted
}

function redactHeader(name: string, value: string, isClientKey: IsClientKey | undefined): string {
  if (PUBLIC_HEADERS.has(name)) return value
  if (name === "location" || name === "referer") return redactAddress(value, isClientKey)
  if (name === "authorization") return redactAuthorization(value)
  if (name === "cookie") return value.split(/; */).map(redactCookie).join("; ")
  if (name === "set-cookie") return value.replace(/^[^;]*/, redactCookie)
  return redactSecret(value)
}

function redactCookie(pair: string): string {
  const [name = "", ...value] = pair.split("=")
  // A pair without a name is all value.
  if (value.length === 0) return redactSecret(name)
  return `${redactName(name)}=${redactSecret(value.join("="))}`
}

/**
 * A body as a trace may show it. The API host returns resources, which contain no credentials; every response of the
 * site may, so of a page only the title is kept, and of a token response everything but the tokens.
 */
export function redactBody(origin: Origin, body: object | string | null, isClientKey?: IsClientKey): unknown {
  if (body === null || body === "") return null
  if (typeof body === "object") return origin === "api" ? withRedactedAddresses(body) : redactMembers(body)
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1]
  if (title !== undefined) return `the page "${title}"`
  if (origin === "site" && /^[\w.-]+=/.test(body))
    return redactParameters(new URLSearchParams(body), isClientKey)
  return body.slice(0, LONGEST_TEXT)
}

function redactMembers(body: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      PUBLIC_MEMBERS.has(name) ? value : redactSecret(String(value)),
    ]),
  )
}

/** A link to the next page repeats this page's query, and the older contract accepted tokens there. */
function withRedactedAddresses(value: unknown): unknown {
  if (typeof value === "string") return /^https?:[^?]*\?/.test(value) ? redactAddress(value) : value
  if (Array.isArray(value)) return value.map(withRedactedAddresses)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withRedactedAddresses(member)]),
  )
}
