import type { RefreshOutcome } from "../src/oauth/refresh-grant.ts"

type Grant = { isRevoked: boolean }

type RefreshToken = {
  grant: Grant
  /** When it was first exchanged, in milliseconds of virtual time; null until then. */
  retiredAt: number | null
}

type AccessToken = { grant: Grant; expiresAt: number; isRefused: boolean }

export const LIFETIME_SECONDS = 7_200

/**
 * Bitbucket's token endpoint as it has been since CHANGE-3052: every use of a refresh token brings a new one, and the
 * used one works on for a grace. Access tokens live for two hours, whatever becomes of the others.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-3052
 */
export class SimulatedBitbucket {
  readonly graceMs: number
  readonly #now: () => number
  readonly #refreshTokens = new Map<string, RefreshToken>()
  readonly #accessTokens = new Map<string, AccessToken>()
  #issued = 0

  /** @param graceSeconds 0 makes each refresh token work once, as strict servers do */
  constructor(now: () => number, graceSeconds: number) {
    this.#now = now
    this.graceMs = graceSeconds * 1_000
  }

  /** A user signs in: a new grant. */
  grant(): { accessToken: string; refreshToken: string } {
    return this.#issue({ isRevoked: false })
  }

  /** `grant_type=refresh_token`. */
  exchange(presented: string): RefreshOutcome {
    const token = this.#refreshTokens.get(presented)
    if (!token || !this.accepts(presented)) return failure(400, "invalid_grant", "Invalid refresh_token")
    token.retiredAt ??= this.#now()
    const tokens = this.#issue(token.grant)
    return {
      ok: true,
      tokens: { ...tokens, lifetimeSeconds: LIFETIME_SECONDS, scopes: ["account", "email"] },
    }
  }

  /** Whether it would exchange this refresh token now. */
  accepts(refreshToken: string): boolean {
    const token = this.#refreshTokens.get(refreshToken)
    if (!token || token.grant.isRevoked) return false
    return token.retiredAt === null || this.#now() < token.retiredAt + this.graceMs
  }

  isRevoked(refreshToken: string): boolean {
    return this.#refreshTokens.get(refreshToken)?.grant.isRevoked ?? false
  }

  /** The API answers 401 to this access token from now on. */
  refuse(accessToken: string): void {
    const token = this.#accessTokens.get(accessToken)
    if (token) token.isRefused = true
  }

  /** The user removes this app at Bitbucket. */
  revoke(refreshToken: string): void {
    const token = this.#refreshTokens.get(refreshToken)
    if (token) token.grant.isRevoked = true
  }

  /** @returns milliseconds of virtual time */
  expiryOf(accessToken: string): number {
    return this.#accessTokens.get(accessToken)?.expiresAt ?? Number.NEGATIVE_INFINITY
  }

  isRefused(accessToken: string): boolean {
    return this.#accessTokens.get(accessToken)?.isRefused ?? true
  }

  /** All that decides how it answers, for comparing states. */
  describe(): string {
    const now = this.#now()
    return [...this.#refreshTokens]
      .map(
        ([name, { retiredAt, grant }]) =>
          `${name}:${retiredAt === null ? "" : now - retiredAt}:${grant.isRevoked}`,
      )
      .join()
  }

  #issue(grant: Grant) {
    const number = this.#issued++
    const [accessToken, refreshToken] = [`a${number}`, `r${number}`]
    this.#accessTokens.set(accessToken, {
      grant,
      expiresAt: this.#now() + LIFETIME_SECONDS * 1_000,
      isRefused: false,
    })
    this.#refreshTokens.set(refreshToken, { grant, retiredAt: null })
    return { accessToken, refreshToken }
  }
}

/** A refusal by the token endpoint, or by a proxy in front of it. */
export function failure(
  status: number,
  error = "",
  description = "",
  retryAfterSeconds: number | null = null,
): RefreshOutcome {
  return {
    ok: false,
    cause: undefined,
    failure: error
      ? { kind: "oauth_error", status, error, description, retryAfterSeconds }
      : { kind: "unexpected_answer", status, retryAfterSeconds },
  }
}

/** No answer arrived, or none in time. */
export const noAnswer: RefreshOutcome = { ok: false, failure: { kind: "no_answer" }, cause: undefined }
