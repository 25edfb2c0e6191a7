import type { EndReason, FailureReason, RefreshFailureReason } from "./events.ts"

/** A connection as read from a store. Some times are also given in seconds, by the store's clock. */
export type Connection = {
  /** A uuid. An account that disconnects and connects again gets a new one. */
  id: string
  /** The identity that the caller passed to `save`. Unique. */
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
  /** No server asks Bitbucket again before this. */
  retryAt: Date | null
  lastFailure: FailureReason | null
  lastFailureAt: Date | null
  /** Until the access token expires; negative once it has. */
  remainingSeconds: number
  /** From when its access token was issued until it expires. */
  lifetimeSeconds: number
  /** Until `retryAt`; 0 if Bitbucket may be asked now. */
  retryInSeconds: number
  /** Whether a server is refreshing it. */
  isLeased: boolean
  /** Whether a refresh has started and its outcome is not stored: it is in progress, or its server has died. */
  isRefreshPending: boolean
}

/** The result of a sign-in or a refresh. */
export type NewTokens = {
  sealedTokens: string
  lifetimeSeconds: number
  scopes: string[]
}

/** One attempt to refresh one version of a connection. `owner` is unique to the attempt. */
export type Lease = { id: string; version: number; owner: string }

/** Where a listing of idle connections continues: opaque to everything but the store. */
export type IdleCursor = { since: string; after?: { idleSince: string; id: string } }

/**
 * Stores connections. Each method is one atomic step, and every decision about time uses
 * the store's clock, which all servers share. `storeContract` tests an implementation.
 */
export type ConnectionStore = {
  /** @returns null if the account has no connection */
  read: (account: string) => Promise<Connection | null>

  /**
   * Stores the result of a sign-in, whatever was stored before: the connection is active, its version goes up, and it has
   * no lease and no failures. A refresh in progress loses its lease.
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

  /** Records that Bitbucket refused this version's access token, which counts as expired from now on. */
  expireAccessToken: (id: string, version: number) => Promise<void>

  /** Records that Bitbucket refused even a refreshed access token: it counts as expired, and no server refreshes for a while. */
  deferRefresh: (id: string, version: number, retryInSeconds: number) => Promise<void>

  /** Deletes the account's connection; with `only`, only if it is this version. @returns whether it did */
  delete: (account: string, only?: { id: string; version: number }) => Promise<boolean>

  /**
   * Lists active connections whose tokens are old enough and that may be refreshed now, oldest first.
   *
   * @param from the number of days, or the cursor from the previous batch
   * @returns the connections; the rows that cannot be read, so that they do not keep the others from being listed; and
   *   where the next batch begins, null after the last one
   */
  listIdle: (
    from: number | IdleCursor,
    limit: number,
  ) => Promise<{ connections: Connection[]; unreadable: UnreadableRow[]; next: IdleCursor | null }>

  /** Lists the sealed tokens of all connections, by id. @param afterId the last one of the previous batch */
  listSealed: (limit: number, afterId?: string) => Promise<SealedRow[]>

  /** Compare-and-set. @returns false if the tokens have been replaced since they were read */
  replaceSealed: (row: SealedRow, resealed: string) => Promise<boolean>

  /** Whether an error means that the store could not be reached, so that retrying later helps. */
  isUnreachable: (error: unknown) => boolean
}

/** `cause` says what is wrong with it. */
export type UnreadableRow = { account: string; cause: unknown }

export type SealedRow = Pick<Connection, "id" | "account" | "sealedTokens">
