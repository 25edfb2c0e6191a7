/**
 * The user has to sign in: the account has no connection, or its connection has ended.
 *
 * `reason` says which:
 * - `not_connected`: there is no connection, or it belongs to another issuer.
 * - `ended`: Bitbucket no longer accepts its refresh token, or never issued one, and its access token has expired.
 * - `tokens_unreadable`: none of this server's secrets opens its tokens. A server with another secret may still open them.
 */
export class UserAuthorizationRequiredError extends Error {
  override readonly name = "UserAuthorizationRequiredError"
  readonly code = "reauthorization_required"
  readonly reason: "not_connected" | "ended" | "tokens_unreadable"

  constructor(reason: UserAuthorizationRequiredError["reason"], options: { cause?: unknown } = {}) {
    super(`The user has to sign in: ${reason}`, options)
    this.reason = reason
  }
}

/**
 * The access token has expired and cannot be refreshed now. Waiting helps.
 *
 * - `bitbucket_unavailable`: Bitbucket returned no tokens, or another server is still asking for them.
 * - `database_unreachable`: Bitbucket returned tokens, but the database has not stored them yet.
 */
export class TokenUnavailableError extends Error {
  override readonly name = "TokenUnavailableError"
  readonly code: "bitbucket_unavailable" | "database_unreachable"
  readonly reason: "bitbucket" | "timeout"
  /** Whole seconds until another attempt makes sense; at least 1. */
  readonly retryAfterSeconds: number

  constructor(
    code: TokenUnavailableError["code"],
    details: { retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(`No access token now: ${code}`, { cause: details.cause })
    this.code = code
    this.reason = code === "database_unreachable" ? "timeout" : "bitbucket"
    this.retryAfterSeconds = Math.max(1, Math.ceil(details.retryAfterSeconds ?? 1))
  }
}
