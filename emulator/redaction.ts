import { hash } from "node:crypto"

/** Parameters whose values may be read by anybody. Everything else, known or unknown, is a secret. */
const PUBLIC_PARAMETERS = new Set([
  "action",
  "administrator",
  "client_id",
  "code_challenge_method",
  "error",
  "error_description",
  "fields",
  "grant_type",
  "oauth_callback_confirmed",
  "oauth_consumer_key",
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

/** Parameters that hold an address, whose own query may hold secrets again. */
const ADDRESS_PARAMETERS = new Set(["next", "oauth_callback", "redirect_uri"])

/** Parameters short enough to be guessed from a fingerprint. */
const GUESSABLE_PARAMETERS = new Set(["password"])

/** Query or form parameters as the journal may keep them. */
export function redactParameters(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...parameters].map(([name, value]) => [name, redactParameter(name, value)]))
}

function redactParameter(name: string, value: string): string {
  if (PUBLIC_PARAMETERS.has(name)) return value
  if (ADDRESS_PARAMETERS.has(name)) return redactAddress(value)
  return GUESSABLE_PARAMETERS.has(name) ? "[redacted]" : redactSecret(value)
}

/** An absolute or relative address with the values of its query redacted. */
export function redactAddress(address: string): string {
  const [beforeFragment = ""] = address.split("#", 1)
  const queryAt = beforeFragment.indexOf("?")
  if (queryAt === -1) return beforeFragment
  const redacted = redactParameters(new URLSearchParams(beforeFragment.slice(queryAt + 1)))
  const query = Object.entries(redacted).map(([name, value]) => `${name}=${value}`)
  return `${beforeFragment.slice(0, queryAt)}?${query.join("&")}`
}

/** An Authorization header reduced to its scheme and the size of what follows. */
export function redactAuthorization(authorization: string): string {
  const [scheme = "", ...credentials] = authorization.split(" ")
  return credentials.length === 0 ? "[redacted]" : `${scheme} ${redactSecret(credentials.join(" "))}`
}

/**
 * The length of a secret, and 16 bits of its hash when it is long enough that those tell nothing: enough to see in a
 * trace that the `state` which came back is the one that went out.
 */
export function redactSecret(secret: string): string {
  if (secret === "") return ""
  if (secret.length < 16) return `[${secret.length} characters]`
  const fingerprint = hash("sha256", secret.slice(-64)).slice(0, 4)
  return `[${secret.length} characters, #${fingerprint}]`
}
