import { classifyRefreshFailure } from "../bitbucket/refresh-failure.ts"
import type { RefreshGrant, RefreshOutcome } from "../oauth/refresh-grant.ts"
import type { TokenSet } from "../oauth/token-set.ts"
import { type Clock, withDeadline } from "../time/clock.ts"
import { backOffSeconds } from "./back-off.ts"
import { TokenUnavailableError, UserAuthorizationRequiredError } from "./errors.ts"
import { type EndReason, type EventListener, type RefreshFailureReason, tell } from "./events.ts"
import { UnsealError, type Vault } from "./sealed-tokens.ts"
import type { Connection, ConnectionStore, Lease } from "./store.ts"

/**
 * Called with each new access token once it is stored. Decides whether the account may stay connected.
 *
 * @param signal aborts when the time for the whole refresh is up
 * @returns the connection as it is now; null if it has been deleted
 */
export type AfterRefresh = (
  refreshed: Connection,
  accessToken: string,
  signal: AbortSignal,
) => Promise<Connection | null>

export type RefreshDependencies = {
  store: ConnectionStore
  refreshGrant: RefreshGrant
  vault: Vault
  clock: Clock
  random: () => number
  afterRefresh?: AfterRefresh | undefined
  onEvent?: EventListener | undefined
}

/** The longest that all requests to Bitbucket may take: for the tokens, and those of `afterRefresh`. */
const TIME_BUDGET_MS = 5_200
const COMMIT_ATTEMPTS = 4
const COMMIT_PAUSE_MS = 500
const LONGEST_COMMIT_PAUSE_MS = 4_000
/** Longer than failovers and restarts take. Bitbucket's grace period for the old pair is ten minutes. */
const KEEP_TRYING_FOR_MS = 60 * 60_000
/** An unused refresh token expires after three months: https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-3052 */
const DAYS_UNTIL_DISUSE = 89

type HeldLease = Lease & { onLost: () => void }

/** Creates the function that refreshes a connection once, for the attempt that holds its lease. */
export function createRefresh(dependencies: RefreshDependencies) {
  const { store, refreshGrant, vault, clock, random, onEvent } = dependencies
  const afterRefresh: AfterRefresh = dependencies.afterRefresh ?? (async (refreshed) => refreshed)

  /**
   * @param connection as read when the lease was taken
   * @param onLost called if the lease was lost
   * @returns the connection with the tokens to use now: refreshed, still valid, or what another attempt stored
   * @throws UserAuthorizationRequiredError, TokenUnavailableError, or the store's error
   */
  return async function refreshUnderLease(
    connection: Connection,
    { id, version, owner }: Lease,
    onLost: () => void,
  ): Promise<Connection> {
    const lease: HeldLease = { id, version, owner, onLost }
    let refreshToken: string
    try {
      ;({ refreshToken } = await vault.open(connection))
    } catch (error) {
      if (error instanceof UnsealError && error.isKeyUnknown)
        return reportUnreadable(connection, lease, error)
      return end(connection, lease, "tokens_unreadable")
    }
    if (!refreshToken) return end(connection, lease, "no_refresh_token")
    return withDeadline(clock, TIME_BUDGET_MS, (signal) =>
      refreshWith(refreshToken, connection, lease, signal),
    )
  }

  async function refreshWith(
    refreshToken: string,
    connection: Connection,
    lease: HeldLease,
    signal: AbortSignal,
  ): Promise<Connection> {
    const { account } = connection
    const startedAt = clock.elapsed()
    const outcome = await refreshGrant(refreshToken, signal)
    if (!outcome.ok) return handleFailure(connection, lease, outcome)

    const refreshed = await storeTokens(connection, lease, outcome.tokens, refreshToken, startedAt)
    const durationMs = Math.round(clock.elapsed() - startedAt)
    if (!refreshed) {
      await tell(onEvent, { type: "refresh_superseded", account, durationMs })
      return adopt(connection, lease)
    }
    await tell(onEvent, { type: "refresh_succeeded", account, durationMs })
    const current = await afterRefresh(refreshed, outcome.tokens.accessToken, signal)
    if (!current) throw new UserAuthorizationRequiredError("not_connected")
    return current
  }

  /** @returns null if the lease was lost */
  async function storeTokens(
    connection: Connection,
    lease: HeldLease,
    fresh: TokenSet,
    oldRefreshToken: string,
    askedAt: number,
  ) {
    const { account } = connection
    const tokens = { accessToken: fresh.accessToken, refreshToken: fresh.refreshToken ?? oldRefreshToken }
    const sealedTokens = await vault.seal(tokens, account)
    const scopes = fresh.scopes ?? connection.scopes
    return withRetries(account, () => {
      // The token ages until the store takes it.
      const ageSeconds = (clock.elapsed() - askedAt) / 1_000
      const lifetimeSeconds = Math.max(1, fresh.lifetimeSeconds - ageSeconds)
      return store.commitRefresh(lease, { sealedTokens, lifetimeSeconds, scopes })
    })
  }

  /**
   * By now Bitbucket has retired the old pair, and only this process has the new one. It keeps trying while the store
   * cannot be reached, and gives up after a few attempts if storing fails for another reason.
   */
  async function withRetries<Result>(account: string, commit: () => Promise<Result>): Promise<Result> {
    const giveUpAt = clock.elapsed() + KEEP_TRYING_FOR_MS
    for (let attempt = 1; ; attempt++) {
      try {
        return await commit()
      } catch (cause) {
        const isWorthIt = store.isUnreachable(cause) && clock.elapsed() < giveUpAt
        if (attempt === 1 || !isWorthIt)
          await tell(onEvent, { type: "refresh_not_stored", account, attempt, cause })
        if (attempt >= COMMIT_ATTEMPTS && !isWorthIt) throw cause
        const pauseMs = Math.min(COMMIT_PAUSE_MS * 2 ** (attempt - 1), LONGEST_COMMIT_PAUSE_MS)
        await clock.wait(pauseMs, { isIdle: true })
      }
    }
  }

  async function handleFailure(
    connection: Connection,
    lease: HeldLease,
    { failure }: Extract<RefreshOutcome, { ok: false }>,
  ): Promise<Connection> {
    const meaning = classifyRefreshFailure(failure)
    if (meaning === "dead_grant") return end(connection, lease, reasonOf(connection))

    const isOperatorFault = meaning === "operator_fault"
    const reason = meaning === "transient" ? failure.kind : meaning
    const retryAfterSeconds = "retryAfterSeconds" in failure ? failure.retryAfterSeconds : null
    const { failures, remainingSeconds } = connection
    const retryIn = backOffSeconds({ isOperatorFault, failures, remainingSeconds, retryAfterSeconds }, random)
    if (!(await store.recordFailure(lease, reason, retryIn))) return adopt(connection, lease)
    await tellFailure(connection, reason, "status" in failure ? failure.status : undefined)
    if (remainingSeconds > 0) return { ...connection, failures: failures + 1 }
    throw new TokenUnavailableError("bitbucket_unavailable", { retryAfterSeconds: retryIn })
  }

  /** The user has to sign in again. Until the access token expires, callers still get it. */
  async function end(connection: Connection, lease: HeldLease, reason: EndReason): Promise<Connection> {
    if (!(await store.end(lease, reason))) return adopt(connection, lease)
    await tell(onEvent, { type: "connection_ended", account: connection.account, reason })
    if (connection.remainingSeconds > 0) return { ...connection, status: "ended" }
    throw new UserAuthorizationRequiredError("ended")
  }

  /**
   * The connection does not end: a server with other secrets may still open its tokens, or this one after a rollback.
   * Until then, the user has to sign in here.
   */
  async function reportUnreadable(
    connection: Connection,
    lease: HeldLease,
    cause: UnsealError,
  ): Promise<Connection> {
    if (!(await store.recordFailure(lease, "tokens_unreadable", 0))) return adopt(connection, lease)
    await tellFailure(connection, "tokens_unreadable")
    throw new UserAuthorizationRequiredError("tokens_unreadable", { cause })
  }

  function tellFailure({ account, failures }: Connection, reason: RefreshFailureReason, status?: number) {
    const isFirst = failures === 0
    return tell(onEvent, {
      type: "refresh_failed",
      account,
      reason,
      isFirst,
      ...(status !== undefined && { status }),
    })
  }

  /** An attempt that lost its lease uses what the winner stored. It never restores a deleted connection. */
  async function adopt({ account, id }: Connection, { onLost }: HeldLease): Promise<Connection> {
    onLost()
    const current = await store.read(account)
    if (!current) throw new UserAuthorizationRequiredError("not_connected")
    if (current.status === "ended" && current.remainingSeconds <= 0)
      throw new UserAuthorizationRequiredError("ended")
    if (current.id !== id && current.remainingSeconds <= 0)
      throw new TokenUnavailableError("bitbucket_unavailable")
    return current
  }

  /**
   * Why a grant is dead, as far as we can tell: Bitbucket gives the same answer if a refresh token was not used
   * for three months, if the user revoked it, and if another program has used it.
   */
  function reasonOf({ issuedAt }: Connection): EndReason {
    const isTooYoung = clock.now() - issuedAt.getTime() < DAYS_UNTIL_DISUSE * 86_400_000
    return isTooYoung ? "revoked_or_reused" : "dead_grant"
  }
}
