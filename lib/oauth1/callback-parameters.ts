import { isTooLong } from "@/lib/sign-in/callback-parameters"

/** Of Bitbucket Cloud; of the OAuth Problem Reporting extension, spelled both ways; and of Data Center, as a verifier. */
const denials = /^permissions?_denied$/
const DENIED_VERIFIER = "denied"

export type OAuth1Callback = {
  token: string
  /** Null if the person refused. */
  verifier: string | null
}

/**
 * Reads the response of RFC 5849 §2.2 from a URL, which anyone can forge.
 *
 * @returns null if Bitbucket cannot have sent it: a parameter is missing, empty or repeated
 */
export function parseOAuth1Callback(address: URL): OAuth1Callback | null {
  if (isTooLong(address)) return null
  const { searchParams } = address
  const names = ["oauth_token", "oauth_verifier", "oauth_problem", "denied"]
  if (names.some((name) => searchParams.getAll(name).length > 1)) return null
  const [token, verifier, problem, denied] = names.map((name) => searchParams.get(name))
  const subject = token || denied
  if (!subject) return null
  if (denied || denials.test(problem ?? "") || verifier === DENIED_VERIFIER)
    return { token: subject, verifier: null }
  return verifier ? { token: subject, verifier } : null
}
