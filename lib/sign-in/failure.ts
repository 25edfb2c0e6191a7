import * as oauth from "oauth4webapi"
import { BitbucketError } from "@/lib/bitbucket/errors"

/** Every way in which signing in can fail, as `/auth/error?error=CODE` names it. */
export const signInFailureCodes = [
  /** The person chose Cancel at Bitbucket. */
  "access_denied",
  /** The sign-in is too old, was started elsewhere, or has already been used. */
  "sign_in_expired",
  "bitbucket_unavailable",
  "bitbucket_rate_limited",
  /** Bitbucket did not grant the scope that reading the account needs. */
  "missing_scope",
  /** The account is a member of none of the workspaces that this deployment admits. */
  "workspace_not_allowed",
  /** This deployment's OAuth client or configuration is wrong. */
  "misconfigured",
  "database_unavailable",
  "unknown",
] as const

export type SignInFailureCode = (typeof signInFailureCodes)[number]

/** Reads a code from an address, where anybody can write anything. */
export function parseSignInFailureCode(value: unknown): SignInFailureCode {
  return signInFailureCodes.find((code) => code === value) ?? "unknown"
}

/** A failure that the app itself has already understood. */
export class SignInError extends Error {
  override readonly name = "SignInError"
  readonly code: SignInFailureCode

  constructor(code: SignInFailureCode, cause: unknown) {
    super(`Sign-in failed: ${code}`, { cause })
    this.code = code
  }
}

/** The `error` values of RFC 6749 §4.1.2.1 and §5.2 as they reach us, and what each means to a person. */
const oauthErrors: Record<string, SignInFailureCode> = {
  access_denied: "access_denied",
  server_error: "bitbucket_unavailable",
  temporarily_unavailable: "bitbucket_unavailable",
  invalid_scope: "misconfigured",
  unauthorized_client: "misconfigured",
  invalid_client: "misconfigured",
  unsupported_response_type: "misconfigured",
  invalid_request: "misconfigured",
  // At the token endpoint: the authorization code has been used before or is too old.
  invalid_grant: "sign_in_expired",
}

/**
 * Finds out why Auth.js gave up, from the error that it reported: its own types say "Configuration" to nearly
 * everything, the chain of causes says more.
 *
 * @param error as given to the logger of Auth.js
 * @param authorizationError the `error` parameter of the callback: read only where Auth.js says that the
 *   callback's `state` was right, since anybody can write it into an address
 */
export function signInFailureOf(error: unknown, authorizationError: string | null): SignInFailureCode {
  for (const link of causesOf(error)) {
    if (link instanceof SignInError) return link.code
    if (link instanceof BitbucketError) return failureOfBitbucket(link)
    if (link.type === "OAuthCallbackError") return oauthErrors[authorizationError ?? ""] ?? "unknown"
    if (link.type === "InvalidCheck") return "sign_in_expired"
    if (link instanceof oauth.ResponseBodyError) return oauthErrors[link.error] ?? "bitbucket_unavailable"
    const known = libraryErrors[String(link.code)]
    if (known) return known
  }
  return "unknown"
}

/** oauth4webapi's codes: before the token request, what is wrong is the callback; after it, the answer. */
const libraryErrors: Record<string, SignInFailureCode> = {
  [oauth.INVALID_RESPONSE]: "sign_in_expired",
  [oauth.WWW_AUTHENTICATE_CHALLENGE]: "misconfigured",
  [oauth.RESPONSE_IS_NOT_CONFORM]: "bitbucket_unavailable",
  [oauth.RESPONSE_IS_NOT_JSON]: "bitbucket_unavailable",
  [oauth.PARSE_ERROR]: "bitbucket_unavailable",
}

function failureOfBitbucket({ code }: BitbucketError): SignInFailureCode {
  if (code === "rate_limited") return "bitbucket_rate_limited"
  return code === "insufficient_scope" ? "missing_scope" : "bitbucket_unavailable"
}

type Link = Error & { type?: unknown; code?: unknown }

/** An error, what it wraps, what that wraps; Auth.js nests the original as `cause.err`. */
function* causesOf(error: unknown): Generator<Link> {
  let current = error
  for (let depth = 0; depth < 8 && typeof current === "object" && current !== null; depth++) {
    const link = current as Link & { err?: unknown }
    yield link
    current = link.err ?? link.cause
  }
}
