/**
 * A response reduced to what can be compared between two days, two people and two Bitbuckets: without any personal
 * value.
 */
export interface NormalisedAnswer {
  readonly status: number
  readonly contentType: string | null
  /** The headers that the ledger covers, if present. */
  readonly headers: Record<string, string>
  readonly body: unknown
  /** BB-H6: whether JSON has spaces; null for anything else. */
  readonly json: "spaced" | "compact" | null
}

const COMPARED_HEADERS = [
  "access-control-allow-origin",
  "cache-control",
  "retry-after",
  "vary",
  "www-authenticate",
  "x-accepted-oauth-scopes",
  "x-credential-type",
  "x-oauth-scopes",
  "x-ratelimit-limit",
]

/** Members whose text is Bitbucket's own, and the same for every account. */
const TEXT_OF_BITBUCKET = new Set([
  "error",
  "error_description",
  "message",
  "detail",
  "type",
  "token_type",
  "state",
  "scope",
  "scopes",
  "account_status",
  "announcement_url",
  "expires_in",
  "pagelen",
])

export async function normaliseAnswer(response: Response): Promise<NormalisedAnswer> {
  const text = await response.text()
  const contentType = response.headers.get("Content-Type")
  const parsed = contentType?.includes("json") ? parseJson(text) : undefined
  const headers = COMPARED_HEADERS.flatMap((name) => {
    const value = response.headers.get(name)
    return value === null ? [] : [[name, value] as const]
  })
  return {
    status: response.status,
    contentType,
    headers: Object.fromEntries(headers),
    body: parsed === undefined ? normaliseText(text, contentType) : normaliseMember("", parsed),
    json: parsed === undefined ? null : /^[{[]"[^"]*": /.test(text) ? "spaced" : "compact",
  }
}

/** A redirect is reduced to its target without the query's values. */
export function normaliseLocation(response: Response): string | null {
  const location = response.headers.get("Location")
  if (location === null) return null
  const url = new URL(location, response.url)
  const target = url.origin === new URL(response.url).origin ? url.pathname : `<elsewhere>${url.pathname}`
  const names = [...url.searchParams.keys()]
  return names.length === 0 ? target : `${target}?${names.join("&")}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function normaliseText(text: string, contentType: string | null): string {
  if (contentType?.includes("html")) return "<page>"
  return text.length > 300 ? `<${text.length} characters>` : text
}

function normaliseMember(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return normaliseList(name, value)
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, normaliseMember(key, member)]),
    )
  }
  if (value === null || TEXT_OF_BITBUCKET.has(name)) return value
  if (typeof value === "string") return `<${kindOf(name, value)}>`
  return `<${typeof value}>`
}

/** A list of objects is reduced to one of each kind; lists of scopes stay as they are. */
function normaliseList(name: string, values: readonly unknown[]): unknown[] {
  if (name === "granted" || name === "required") return [...values]
  const kinds = values.map((value) => JSON.stringify(normaliseMember(name, value)))
  return [...new Set(kinds)].map((kind) => JSON.parse(kind))
}

function kindOf(name: string, value: string): string {
  if (/token|code/.test(name)) return `token of ${lengthClass(value.length)} characters`
  if (/^\{[0-9a-f-]{36}\}$/.test(value)) return "uuid in braces"
  if (/^https?:\/\//.test(value)) return "address"
  if (/^\d{4}-\d\d-\d\dT[\d:]+\.\d{6}\+00:00$/.test(value)) return "time with microseconds"
  return "text"
}

/** Token lengths vary, so only their order of magnitude is compared (BB-C4). */
function lengthClass(length: number): string {
  if (length < 100) return String(length)
  return length < 1900 ? "100 to 1,899" : "1,900 or more"
}
