/** Why a call to Bitbucket failed. */
export type BitbucketErrorCode =
  /** No answer within the deadline, the connection failed, or the caller's signal aborted. A write may or may not have been done. */
  | "unreachable"
  /** 5xx, or a refusal that only means "not now". */
  | "unavailable"
  /** 429; `retryAfterSeconds` if Bitbucket says how long. */
  | "rate_limited"
  /** This app did not ask, because it has reached its limit per minute for this account. */
  | "asked_too_often"
  /** Bitbucket no longer accepts the access token, and there was no other, or Bitbucket refused that too. */
  | "unauthorized"
  /** 403 that names the scopes which are missing: `missingScopes`. */
  | "insufficient_scope"
  /** 403 of any other kind, and a 401 that is not about the token. */
  | "forbidden"
  | "not_found"
  /** 410 of an endpoint that Bitbucket has removed; `changeId` names the announcement. */
  | "endpoint_removed"
  /** 4xx of any other kind, such as a write that Bitbucket does not take. */
  | "refused"
  /** An answer that is not what Bitbucket documents: a redirect, HTML, too many bytes, another shape. */
  | "unexpected_answer"
  /** A list ended before it was complete; `incomplete` says why and how much of it arrived. */
  | "incomplete_list"

/** Why a list is incomplete. */
export type IncompleteList = {
  reason: /** The next page is at an address that is not followed: another origin, or another list. */
    | "next_elsewhere"
    /** A page was repeated, or contains nothing new. */
    | "repeated_page"
    /** Entries could not be read. */
    | "unreadable_entries"
    /** Bitbucket counts more than it listed. */
    | "fewer_than_counted"
    /** The list became shorter while it was read, so entries may have moved to pages that were read already. */
    | "changed_meanwhile"
    | "too_many_pages"
  /** How many different entries arrived. */
  read: number
  /** Entries by Bitbucket's last count, or null if it gave none. */
  total: number | null
}

type Details = {
  cause?: unknown
  status?: number
  retryAfterSeconds?: number | null
  missingScopes?: string[]
  changeId?: string
  incomplete?: IncompleteList
  body?: unknown
}

/**
 * A call to Bitbucket failed. Its printed form contains no address and no token, and of Bitbucket's text only the
 * names of scopes and of a change.
 */
export class BitbucketError extends Error {
  override readonly name = "BitbucketError"
  readonly code: BitbucketErrorCode
  /** Of the response, if there was one. */
  readonly status: number | undefined
  readonly retryAfterSeconds: number | null
  readonly missingScopes: readonly string[]
  readonly changeId: string | undefined
  readonly incomplete: IncompleteList | undefined
  /** Bitbucket's body, if it was JSON. May hold names and addresses, so it is not enumerable and not printed. */
  declare readonly body: unknown

  constructor(code: BitbucketErrorCode, details: Details = {}) {
    super(`Bitbucket: ${code}`, { cause: details.cause })
    this.code = code
    this.status = details.status
    this.retryAfterSeconds = details.retryAfterSeconds ?? null
    this.missingScopes = details.missingScopes ?? []
    this.changeId = details.changeId
    this.incomplete = details.incomplete
    Object.defineProperty(this, "body", { value: details.body, enumerable: false })
  }

  /** Whether waiting may help; the other codes need a person. */
  get isTransient(): boolean {
    return transientCodes.includes(this.code)
  }
}

const transientCodes: readonly BitbucketErrorCode[] = [
  "unreachable",
  "unavailable",
  "rate_limited",
  "asked_too_often",
  "unexpected_answer",
  "incomplete_list",
]
