/** Why a connection gives no access token. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError"
  /**
   * - `reauthorization_required`: the connection is gone or its grant is dead; only signing in helps.
   * - `bitbucket_unavailable`: the token has lapsed and cannot be renewed now; waiting helps.
   */
  readonly code: "reauthorization_required" | "bitbucket_unavailable"
  /** Whole seconds until another attempt makes sense; at least 1. */
  readonly retryAfterSeconds: number

  constructor(code: ConnectionError["code"], details: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(`Connection: ${code}`, { cause: details.cause })
    this.code = code
    this.retryAfterSeconds = Math.max(1, Math.ceil(details.retryAfterSeconds ?? 1))
  }
}
