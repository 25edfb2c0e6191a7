import { BitbucketError, type BitbucketErrorCode, parseRetryAfterSeconds } from "auth-bitbucket/client"
import * as oauth from "oauth4webapi"
import { isDatabaseError, isDatabaseUnreachable } from "@/lib/db/errors"
import type { CallbackParameters } from "./callback-parameters"
import type { SignInFailureCode } from "./failures"

/** What the page of a failed sign-in says. */
export type SignInFailure = {
  code: SignInFailureCode
  /** Whole seconds that Bitbucket asked us to wait. */
  retryAfterSeconds?: number
  /** The account that Bitbucket signed in, if this app refuses it. */
  account?: string
  /** HTTP status of Bitbucket's refusal; for the log. */
  status?: number
  /** What went wrong on our side, for the log: a failure of the database, or a bug. */
  cause?: unknown
}

/** Classifies a failure on our side: the database is unavailable, or the app has a bug. */
export function failureOfOurs(cause: unknown): SignInFailure {
  return { code: isDatabaseUnreachable(cause) ? "database_unavailable" : "internal_error", cause }
}

/** A failure that the app has already classified. */
export class SignInError extends Error {
  override readonly name = "SignInError"
  readonly code: SignInFailureCode
  /** The name of the refused account. */
  readonly account: string | undefined

  constructor(code: SignInFailureCode, details: { account?: string; cause?: unknown } = {}) {
    super(`Sign-in failed: ${code}`, { cause: details.cause })
    this.code = code
    this.account = details.account
  }
}

/** The `error` values of RFC 6749 §4.1.2.1 and §5.2, and what each means for the user. */
const oauthErrors: Record<string, SignInFailureCode> = {
  access_denied: "access_denied",
  // OpenID Connect Core 1.0 §3.1.2.6, which servers of OAuth 2.0 use as well.
  consent_required: "interaction_required",
  interaction_required: "interaction_required",
  login_required: "interaction_required",
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
 * Finds out why Auth.js gave up, from the error that it reported. Its own types call nearly everything "Configuration";
 * the chain of causes says more.
 *
 * @param error as passed to the logger of Auth.js
 * @param authorizationError the callback's `error` parameter: used only if Auth.js has verified the
 *   callback's `state`, since anyone can forge a URL
 */
export function signInFailureOf(error: unknown, authorizationError: string | null): SignInFailure {
  for (const link of causesOf(error)) {
    if (isDatabaseError(link)) return failureOfOurs(link)
    if (link instanceof SignInError) return failure(link.code, { account: link.account })
    if (link instanceof BitbucketError) return failureOfBitbucket(link)
    if (link.type === "OAuthCallbackError") return failure(oauthErrors[authorizationError ?? ""] ?? "unknown")
    if (link.type === "InvalidCheck") return failure("sign_in_expired")
    const tokenAnswer = link instanceof oauth.ResponseBodyError ? link.response : link.cause
    if (tokenAnswer instanceof Response && tokenAnswer.status === 429)
      return rateLimited(parseRetryAfterSeconds(tokenAnswer.headers.get("retry-after")))
    if (link instanceof oauth.ResponseBodyError)
      return failure(oauthErrors[link.error] ?? "bitbucket_unavailable")
    if (isAboutTokenAnswer(link)) return failure("bitbucket_unavailable")
    const known = libraryErrors[String(link.code)]
    if (known) return failure(known)
  }
  return failureOfOurs(error)
}

/**
 * Recognizes an authorization response that does not end a flow: Bitbucket wants something from the user first, or the user
 * chose Cancel and Bitbucket left out the `state`. The flow stays as it is, so it does not matter who sent this.
 *
 * @returns null for every other response
 */
export function unspentFailureOf({ error, state }: CallbackParameters): SignInFailure | null {
  const code = error === null ? undefined : oauthErrors[error]
  if (code === "interaction_required" || (code === "access_denied" && state === null)) return { code }
  return null
}

/** Whether Bitbucket refused this deployment's client. Only Bitbucket itself can cause this error. */
export function isClientRefused(error: unknown): boolean {
  return [...causesOf(error)].some(
    (link) =>
      link.code === oauth.WWW_AUTHENTICATE_CHALLENGE ||
      (link instanceof oauth.ResponseBodyError && /^(unauthorized|invalid)_client$/.test(link.error)),
  )
}

function failure(code: SignInFailureCode, details: { account?: string | undefined } = {}): SignInFailure {
  return { code, ...(details.account && { account: details.account }) }
}

function rateLimited(retryAfterSeconds: number | null): SignInFailure {
  return { code: "bitbucket_rate_limited", ...(retryAfterSeconds && { retryAfterSeconds }) }
}

/** oauth4webapi says "invalid response" both for a callback and for the token endpoint's JSON, but only the latter has a body. */
function isAboutTokenAnswer({ code, cause }: Link): boolean {
  return code === oauth.INVALID_RESPONSE && typeof cause === "object" && cause !== null && "body" in cause
}

/** oauth4webapi's codes: before the token request they are about the callback, after it about the response. */
const libraryErrors: Record<string, SignInFailureCode> = {
  [oauth.INVALID_RESPONSE]: "sign_in_expired",
  [oauth.WWW_AUTHENTICATE_CHALLENGE]: "misconfigured",
  [oauth.RESPONSE_IS_NOT_CONFORM]: "bitbucket_unavailable",
  // A token of another type than bearer.
  [oauth.UNSUPPORTED_OPERATION]: "bitbucket_unavailable",
  [oauth.RESPONSE_IS_NOT_JSON]: "bitbucket_unavailable",
  [oauth.PARSE_ERROR]: "bitbucket_unavailable",
}

/** Waiting does not change any of these, and the token has just been issued, so it is not the cause. */
const refusals: ReadonlySet<BitbucketErrorCode> = new Set([
  "unauthorized",
  "refused",
  "forbidden",
  "not_found",
  "endpoint_removed",
])

function failureOfBitbucket({ code, cause, status, retryAfterSeconds }: BitbucketError): SignInFailure {
  if (code === "rate_limited") return rateLimited(retryAfterSeconds)
  if (code === "insufficient_scope") return failure("missing_scope")
  if (refusals.has(code)) return { code: "account_refused", ...(status !== undefined && { status }) }
  const tookTooLong = cause instanceof Error && cause.name === "TimeoutError"
  const seconds = retryAfterSeconds && { retryAfterSeconds }
  return { code: tookTooLong ? "bitbucket_slow" : "bitbucket_unavailable", ...seconds }
}

type Link = Error & { type?: unknown; code?: unknown }

/** An error and its chain of causes. Auth.js nests the original as `cause.err`. */
function* causesOf(error: unknown): Generator<Link> {
  let current = error
  for (let depth = 0; depth < 8 && typeof current === "object" && current !== null; depth++) {
    const link = current as Link & { err?: unknown }
    yield link
    current = link.err ?? link.cause
  }
}
