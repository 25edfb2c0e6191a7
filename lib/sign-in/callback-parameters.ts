/** The parameters of an authorization response: RFC 6749 §4.1.2, RFC 9207. Others are ignored. */
const known = ["code", "state", "iss", "error", "error_description", "error_uri"]

/** We pass on only those that Auth.js reads. It may fail if there is one that it does not know. */
const forwarded = ["code", "state", "iss", "error"]

/** Bitbucket's codes are short, so we never send it a longer one. */
const LONGEST_CODE = 2_048

/** A code and a state are printable ASCII: RFC 6749, appendix A.5 and A.11. */
const printable = /^[\x20-\x7e]+$/

export type CallbackParameters = {
  /** Null only if there is an error. */
  state: string | null
  error: string | null
  /** The URL's query, reduced to what Auth.js may read. */
  search: string
}

/** An authorization response is never nearly this long. */
export function isTooLong({ search }: URL): boolean {
  return search.length > 8_192
}

/**
 * Reads an authorization response from a URL, which anyone can forge. Parameters must not
 * repeat (RFC 6749 §3.1), there must be either a code or an error, and a code needs a state.
 *
 * @returns null if Bitbucket cannot have sent it
 */
export function parseCallbackParameters({ searchParams }: URL): CallbackParameters | null {
  if (known.some((name) => searchParams.getAll(name).length > 1)) return null
  const [code, state, error] = ["code", "state", "error"].map((name) => searchParams.get(name) || null)
  if ((!code && !error) || (code && (error || !state))) return null
  if ([code, state].some((value) => value && !printable.test(value))) return null
  if (code && code.length > LONGEST_CODE) return null
  const search = new URLSearchParams([...searchParams].filter(([name]) => forwarded.includes(name)))
  return { state: state ?? null, error: error ?? null, search: `?${search}` }
}
