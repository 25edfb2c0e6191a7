/** Why a leg of OAuth 1.0a returned no credentials. */
export class OAuth1Error extends Error {
  override readonly name = "OAuth1Error"
  /**
   * - `unavailable`: Bitbucket did not answer, or not within its time.
   * - `refused`: it refused the request: its answer to all of OAuth 1.0a since 2026, to a client that it does not
   *   know, and to a request token that is spent.
   * - `unexpected_answer`: its response contained no credentials.
   * - `not_confirmed`: it did not say that it knows where to send the person back (RFC 5849 §2.1).
   */
  readonly code: "unavailable" | "refused" | "unexpected_answer" | "not_confirmed"
  readonly status: number | undefined

  constructor(code: OAuth1Error["code"], details: { status?: number; cause?: unknown } = {}) {
    super(`OAuth 1.0a: ${code}`, { cause: details.cause })
    this.code = code
    this.status = details.status
  }
}
