import { hash } from "node:crypto"
import type { IsClientKey } from "./identify.ts"

/** Parameters whose values are safe to show. Everything else, known or unknown, is a secret. */
const PUBLIC_PARAMETERS = new Set([
  "action",
  "administrator",
  "code_challenge_method",
  "error",
  "error_description",
  "fields",
  "grant_type",
  "oauth_callback_confirmed",
  "oauth_problem",
  "oauth_signature_method",
  "oauth_version",
  "page",
  "pagelen",
  "q",
  "reason",
  "response_type",
  "role",
  "scope",
  "sort",
  "username",
])

/** Parameters whose values are safe to show only if they name a client. */
const CLIENT_PARAMETERS = new Set(["client_id", "oauth_consumer_key"])

/** Parameters that contain an address, whose own query may contain secrets again. */
const ADDRESS_PARAMETERS = new Set(["next", "oauth_callback", "redirect_uri"])

/** The word that OAuth 1.0a uses instead of a URL (BB-O7). */
const OUT_OF_BAND = "oob"

/** Parameters short enough to be guessed from a fingerprint. */
const GUESSABLE_PARAMETERS = new Set(["password"])

const MOST_PARAMETERS = 100
const LONGEST_VALUE = 2000

/** Query or form parameters as the journal may keep them. */
export function redactParameters(
  parameters: URLSearchParams,
  isClientKey: IsClientKey = noClientKey,
): Record<string, string> {
  const kept = [...parameters].slice(0, MOST_PARAMETERS)
  return Object.fromEntries(
    kept.map(([name, value]) => [redactName(name), shorten(redactParameter(name, value, isClientKey))]),
  )
}

/** The journal keeps only as much of one request as a person would read. */
export function shorten(text: string): string {
  return text.slice(0, LONGEST_VALUE)
}

/** An implausible name is a misplaced value, such as a token sent as the whole body. */
export function redactName(name: string): string {
  return /^[\w.-]{1,40}$/.test(name) ? name : redactSecret(name)
}

function noClientKey(): boolean {
  return false
}

function redactParameter(name: string, value: string, isClientKey: IsClientKey): string {
  if (PUBLIC_PARAMETERS.has(name)) return value
  if (CLIENT_PARAMETERS.has(name)) return isClientKey(value) ? value : redactSecret(value)
  if (ADDRESS_PARAMETERS.has(name)) return redactAddress(value, isClientKey)
  return GUESSABLE_PARAMETERS.has(name) ? "[redacted]" : redactSecret(value)
}

/** An absolute or relative address without credentials, and with the values of its query redacted. */
export function redactAddress(address: string, isClientKey: IsClientKey = noClientKey): string {
  if (address === OUT_OF_BAND) return address
  if (!/^([a-z][a-z\d+.-]*:\/)?\//i.test(address)) return redactSecret(address)
  const [unredacted = ""] = address.split("#", 1)
  const beforeFragment = unredacted.replace(/^([^/?]*\/\/)[^/?]*@/, "$1[redacted]@")
  const queryAt = beforeFragment.indexOf("?")
  if (queryAt === -1) return beforeFragment
  const redacted = redactParameters(new URLSearchParams(beforeFragment.slice(queryAt + 1)), isClientKey)
  const query = Object.entries(redacted).map(([name, value]) => `${name}=${value}`)
  return `${beforeFragment.slice(0, queryAt)}?${query.join("&")}`
}

/** An Authorization header reduced to its scheme, if it is a known one, and the size of the rest. */
export function redactAuthorization(authorization: string): string {
  const [, scheme, credentials = ""] = /^(Basic|Bearer|JWT|OAuth) +(.*)$/is.exec(authorization) ?? []
  return scheme === undefined ? redactSecret(authorization) : `${scheme} ${redactSecret(credentials)}`
}

/**
 * The length of a secret, and 16 bits of its hash if the secret is long enough for those to reveal nothing: enough to see in a
 * trace that the returned `state` is the one that was sent.
 */
export function redactSecret(secret: string): string {
  if (secret === "") return ""
  if (secret.length < 16) return `[${secret.length} characters]`
  const fingerprint = hash("sha256", secret.slice(-64)).slice(0, 4)
  return `[${secret.length} characters, #${fingerprint}]`
}
