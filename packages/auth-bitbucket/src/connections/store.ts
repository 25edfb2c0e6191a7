import type { EndReason, FailureReason, RefreshFailureReason } from "./events.ts"

/** A connection as read from a store, with its times also as seconds on the store's clock. */
export type Connection = {
  /** Names this connection: an account that disconnects and connects again gets another. A uuid. */
  id: string
  /** Whose it is: the identity that the caller gave to `save`. Unique. */
  account: string
  sealedTokens: string
  scopes: string[]
  /** Goes up with every new pair of tokens; every write names the one that it read. */
  version: number
  /** `ended`: Bitbucket no longer refreshes it. Its access token is valid until it expires. */
  status: "active" | "ended"
  /** When its tokens were issued, and when its access token expires. */
  issuedAt: Date
  expiresAt: Date
  /** When it was made, or made again after it had ended; signing in while it is active keeps it. */
  connectedAt: Date
  /** When its tokens were last refreshed; null if they came from signing in. */
  refreshedAt: Date | null
  /** Failed refreshes in a row. */
  failures: number
  /** Before this, no server asks Bitbucket again. */
  retryAt: Date | null
  lastFailure: FailureReason | null
  lastFailureAt: Date | null
  /** Life left to the access token; negative once it has expired. */
  remainingSeconds: number
  /** From the moment its access token was issued to its expiry. */
  lifetimeSeconds: number
  /** Until `retryAt`; 0 where Bitbucket may be asked now. */
  retryInSeconds: number
  /** Whether a server is refreshing it. */
  isLeased: boolean
  /** Whether a refresh began whose outcome is not stored: it is under way, or its server has died. */
  isRefreshPending: boolean
}

/** What a sign-in or a refresh gives. */
export type NewTokens = {
  sealedTokens: string
  lifetimeSeconds: number
  scopes: string[]
}

/** One attempt to refresh one version of a connection. `owner` is unique to the attempt. */
export type Lease = { id: string; version: number; owner: string }

/** Where a listing of idle connections goes on: opaque to all but the store. */
export type IdleCursor = { since: string; after?: { idleSince: string; id: string } }

/**
 * Where connections are kept. Each method is one atomic step, and every time that decides something is measured by
 * the store's clock, which all servers share. `storeContract` checks an implementation.
 */
export type ConnectionStore = {
  /** @returns null if the account has no connection */
  read: (account: string) => Promise<Connection | null>

  /**
   * Stores what signing in brought, whatever was there: the connection is active, its version has gone up, it is not
   * leased and has no failure. A refresh that is under way finds its lease lost.
   */
  save: (account: string, tokens: NewTokens) => Promise<Connection>

  /**
   * Compare-and-set: at most one attempt anywhere holds the lease of a version, and none does before `retryAt`.
   *
   * @returns the connection as it is now; null if it is leased, has ended, must wait or has another version
   */
  takeLease: (lease: Lease, leaseSeconds: number) => Promise<Connection | null>

  /**
   * Stores refreshed tokens and ends the lease.
   *
   * @returns the connection with its next version; null if the lease was lost, and nothing has been written
   */
  commitRefresh: (lease: Lease, tokens: NewTokens) => Promise<Connection | null>

  /**
   * Ends a lease after a failure. No server asks again for `retryInSeconds`.
   *
   * @returns false if the lease was lost, and nothing has been written
   */
  recordFailure: (lease: Lease, failure: RefreshFailureReason, retryInSeconds: number) => Promise<boolean>

  /** Ends the connection and the lease. @returns false if the lease was lost, and nothing has been written */
  end: (lease: Lease, reason: EndReason) => Promise<boolean>

  /** Records that Bitbucket refused this version's access token: it has expired, whatever its expiry was. */
  expireAccessToken: (id: string, version: number) => Promise<void>

  /** Records that Bitbucket refused even a refreshed access token: it has expired, and no server asks for another for a while. */
  deferRefresh: (id: string, version: number, retryInSeconds: number) => Promise<void>

  /** Deletes the account's connection; with `only`, only while it is this version of it. @returns whether it did */
  delete: (account: string, only?: { id: string; version: number }) => Promise<boolean>

  /**
   * Lists active connections that were issued long enough ago and may be refreshed now, those issued first first.
   *
   * @param from the number of days, or the cursor that the batch before gave
   * @returns `next` is null after the last batch
   */
  listIdle: (
    from: number | IdleCursor,
    limit: number,
  ) => Promise<{ connections: Connection[]; next: IdleCursor | null }>

  /** Lists the sealed tokens of all connections, by id. @param afterId the last one of the batch before */
  listSealed: (limit: number, afterId?: string) => Promise<SealedRow[]>

  /** Compare-and-set. @returns false if the tokens have been replaced since they were read */
  replaceSealed: (row: SealedRow, resealed: string) => Promise<boolean>

  /** Whether an error of this store means that it could not be reached, so that trying again later helps. */
  isUnreachable: (error: unknown) => boolean
}

export type SealedRow = Pick<Connection, "id" | "account" | "sealedTokens">
