/** Why a call to Bitbucket gave nothing usable. */
export type BitbucketErrorCode =
  /** No answer within the deadline, or the connection failed. */
  | "unreachable"
  /** 5xx, or a refusal that carries no more meaning than "not now". */
  | "unavailable"
  | "rate_limited"
  /** This app has not asked: it has asked for this account as often as it may within a minute. */
  | "asked_too_often"
  /** 401 where Bitbucket says whose token it is: the access token is expired or revoked. */
  | "unauthorized"
  /** 401 at any other endpoint, which may be about the token or about the endpoint; `checkToken` finds out. */
  | "unauthorized_here"
  /** 403 that names the scopes which are missing. */
  | "insufficient_scope"
  /** 403 of any other kind, and a 401 that is not about the token. */
  | "forbidden"
  | "not_found"
  /** 410 of an endpoint that Bitbucket has removed; `changeId` names the announcement. */
  | "endpoint_removed"
  /** An answer that is not what Bitbucket documents: a redirect, HTML, too many bytes, another shape. */
  | "unexpected_answer"

type Details = {
  cause?: unknown
  status?: number
  retryAfterSeconds?: number | null
  missingScopes?: string[]
  changeId?: string
}

/**
 * A call to Bitbucket failed. Holds no address, no token and, of what Bitbucket wrote, only the names of scopes and of
 * a change.
 */
export class BitbucketError extends Error {
  override readonly name = "BitbucketError"
  readonly code: BitbucketErrorCode
  readonly status: number | undefined
  readonly retryAfterSeconds: number | null
  readonly missingScopes: readonly string[]
  readonly changeId: string | undefined

  constructor(code: BitbucketErrorCode, details: Details = {}) {
    super(`Bitbucket: ${code}`, { cause: details.cause })
    this.code = code
    this.status = details.status
    this.retryAfterSeconds = details.retryAfterSeconds ?? null
    this.missingScopes = details.missingScopes ?? []
    this.changeId = details.changeId
  }

  /** Whether waiting may cure it; the other codes need a person. */
  get isTransient(): boolean {
    return ["unreachable", "unavailable", "rate_limited", "asked_too_often", "unexpected_answer"].includes(
      this.code,
    )
  }
}
