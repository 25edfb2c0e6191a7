/** The parameters of an authorization response: RFC 6749 §4.1.2, RFC 9207. Others are ignored. */
const known = ["code", "state", "iss", "error", "error_description", "error_uri"]

/** Bitbucket's codes are short; nothing longer is sent on to it. */
const LONGEST_CODE = 2_048
const LONGEST_QUERY = 8_192

/**
 * Reads an authorization response out of an address, where anybody can write anything. Parameters do not
 * repeat (RFC 6749 §3.1), and there is a code or an error, with a state.
 *
 * @returns null for what cannot be an answer of Bitbucket's
 */
export function parseCallbackParameters(url: URL): { state: string; error: string | null } | null {
  const { searchParams, search } = url
  if (search.length > LONGEST_QUERY) return null
  if (known.some((name) => searchParams.getAll(name).length > 1)) return null
  const [code, state, error] = ["code", "state", "error"].map((name) => searchParams.get(name) || null)
  if (!state || (!code && !error) || (code && error)) return null
  return (code?.length ?? 0) > LONGEST_CODE ? null : { state, error: error ?? null }
}
