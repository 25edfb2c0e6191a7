import { setTimeout as wait } from "node:timers/promises"
import { classifyRefreshFailure } from "auth-bitbucket/bitbucket/refresh-failure"
import { withinTimeBudget } from "auth-bitbucket/http/time-budget"
import type { RefreshGrant, RefreshOutcome } from "auth-bitbucket/oauth/refresh-grant"
import type { TokenSet } from "auth-bitbucket/oauth/token-set"
import { isDatabaseUnreachable } from "@/lib/db/errors"
import { reportFailure } from "@/lib/server/failure-report"
import { log } from "@/lib/server/log"
import { backOffSeconds } from "./back-off"
import type { Connection, ConnectionStore, Lease } from "./connection-store"
import { ConnectionError } from "./errors"
import { sealTokens, type TokenOpener, UnsealError } from "./sealed-tokens"

export type RenewalDependencies = {
  store: ConnectionStore
  refresh: RefreshGrant
  /** The first seals, all open. */
  secrets: readonly [string, ...string[]]
  openTokens: TokenOpener
  /**
   * Asks whether this deployment still admits the account, with each new access token.
   *
   * @returns the connection as it stands then, or null where it is gone
   */
  checkAdmission?: (refreshed: Connection, accessToken: string) => Promise<Connection | null>
  /** Told of what becomes of a connection; must not throw. */
  onEvent?: (accountUuid: string, event: RenewalEvent, reason?: string) => Promise<void>
  random?: () => number
}

type RenewalEvent = "renewed" | "renewal_failed" | "connection_ended"

/** Why a connection is of no more use than what it has given. */
type End = "dead_grant" | "tokens_unreadable" | "no_refresh_token"

const COMMIT_ATTEMPTS = 4
/** CHANGE-3052: an unused refresh token dies after three months. */
const DAYS_UNTIL_DISUSE = 89
const COMMIT_PAUSE_MS = 500
const LONGEST_COMMIT_PAUSE_MS = 4_000
/** Longer than failovers and restarts last. Bitbucket's grace for the old pair is ten minutes. */
const KEEP_TRYING_FOR_MS = 60 * 60_000

/** Makes the function that renews a connection once, for whoever holds its lease. */
export function createRenewal(dependencies: RenewalDependencies) {
  const { store, refresh, secrets, openTokens, random } = dependencies
  const { checkAdmission = async (refreshed) => refreshed, onEvent = async () => undefined } = dependencies

  /**
   * @param connection as the lease found it
   * @returns the connection with the tokens to use now: renewed, still valid, or what somebody else stored
   * @throws ConnectionError
   */
  return async function renewUnderLease(connection: Connection, lease: Lease): Promise<Connection> {
    let refreshToken: string
    try {
      ;({ refreshToken } = await openTokens(connection))
    } catch (error) {
      if (error instanceof UnsealError && error.isKeyUnknown) return leaveSealed(connection, lease, error)
      return end(connection, lease, "tokens_unreadable")
    }
    if (!refreshToken) return end(connection, lease, "no_refresh_token")
    // One budget for the tokens and for whether the person is admitted: somebody may be waiting for both.
    return withinTimeBudget(() => renewWith(refreshToken, connection, lease))
  }

  async function renewWith(refreshToken: string, connection: Connection, lease: Lease): Promise<Connection> {
    const startedAt = performance.now()
    const outcome = await refresh(refreshToken)
    if (!outcome.ok) return handleFailure(connection, lease, outcome)

    const renewed = await storeTokens(connection, lease, outcome.tokens, refreshToken)
    log.info(renewed ? "connection_renewed" : "connection_renewal_superseded", {
      account: connection.accountUuid,
      durationMs: Math.round(performance.now() - startedAt),
    })
    if (!renewed) return adopt(connection)
    await onEvent(renewed.accountUuid, "renewed")
    const current = await checkAdmission(renewed, outcome.tokens.accessToken)
    if (!current) throw new ConnectionError("reauthorization_required")
    return current
  }

  /** @returns null where the lease was lost */
  async function storeTokens(connection: Connection, lease: Lease, fresh: TokenSet, oldRefreshToken: string) {
    const tokens = { accessToken: fresh.accessToken, refreshToken: fresh.refreshToken ?? oldRefreshToken }
    const sealedTokens = await sealTokens(tokens, connection.accountUuid, secrets)
    const { lifetimeSeconds, scopes } = fresh
    return withRetries(() =>
      store.commitRefresh(lease, { sealedTokens, lifetimeSeconds, scopes: scopes ?? connection.scopes }),
    )
  }

  async function handleFailure(
    connection: Connection,
    lease: Lease,
    { failure }: Extract<RefreshOutcome, { ok: false }>,
  ): Promise<Connection> {
    const meaning = classifyRefreshFailure(failure)
    if (meaning === "dead_grant") return end(connection, lease, meaning)

    const isOperatorFault = meaning === "operator_fault"
    const reason = meaning === "transient" ? failure.kind : meaning
    const retryAfterSeconds = "retryAfterSeconds" in failure ? failure.retryAfterSeconds : null
    const { accountUuid, failures, remainingSeconds } = connection
    const retryIn = backOffSeconds({ isOperatorFault, failures, remainingSeconds, retryAfterSeconds }, random)
    if (!(await store.recordFailure(lease, reason, retryIn))) return adopt(connection)

    const report = { account: accountUuid, reason, ...("status" in failure && { status: failure.status }) }
    if (isOperatorFault) log.error("oauth_client_refused", report)
    else log.warn("connection_renewal_failed", report)
    // Of an outage that lasts, a person need know once.
    if (failures === 0) await onEvent(accountUuid, "renewal_failed", reason)
    if (remainingSeconds > 0) return { ...connection, failures: failures + 1 }
    throw new ConnectionError("bitbucket_unavailable", { retryAfterSeconds: retryIn })
  }

  /** Only signing in helps now; but what Bitbucket gave last is served to its end, where it can be read. */
  async function end(connection: Connection, lease: Lease, reason: End): Promise<Connection> {
    const known = reasonOf(connection, reason)
    if (!(await store.markDead(lease, known))) return adopt(connection)
    log.warn("connection_dead", { account: connection.accountUuid, reason: known })
    await onEvent(connection.accountUuid, "connection_ended", known)
    if (connection.remainingSeconds > 0) return { ...connection, status: "dead" }
    throw new ConnectionError("reauthorization_required")
  }

  /**
   * What this server has no key for, a server with another configuration may still open: after a rollback the row
   * is as good as before. Until then only signing in helps here.
   */
  async function leaveSealed(connection: Connection, lease: Lease, cause: UnsealError): Promise<Connection> {
    const reason = "tokens_unreadable"
    if (!(await store.recordFailure(lease, reason, 0))) return adopt(connection)
    log.error("connection_renewal_failed", { account: connection.accountUuid, reason })
    if (connection.failures === 0) await onEvent(connection.accountUuid, "renewal_failed", reason)
    throw new ConnectionError("reauthorization_required", { cause })
  }

  /** Whoever was fenced out takes what the winner stored; a connection that is gone is never written back. */
  async function adopt(connection: Connection): Promise<Connection> {
    const current = await store.read(connection.id)
    if (!current || (current.status === "dead" && current.remainingSeconds <= 0))
      throw new ConnectionError("reauthorization_required")
    return current
  }
}

/**
 * Why a connection is dead, as far as it can be told from here: Bitbucket says the same of a refresh token that
 * nobody used for three months, of one that the person revoked and of one that somebody else has used.
 */
function reasonOf({ issuedAt }: Connection, reason: End): string {
  const isTooYoungToLapse = Date.now() - issuedAt.getTime() < DAYS_UNTIL_DISUSE * 86_400_000
  return reason === "dead_grant" && isTooYoungToLapse ? "revoked_or_reused" : reason
}

/**
 * Bitbucket has retired the old pair by now, and the new one is nowhere but here: while the database cannot be
 * reached, this goes on. What keeps failing for another reason is given up after a few attempts.
 */
async function withRetries<Result>(commit: () => Promise<Result>): Promise<Result> {
  const giveUpAt = performance.now() + KEEP_TRYING_FOR_MS
  for (let attempt = 1; ; attempt++) {
    try {
      return await commit()
    } catch (error) {
      const isWorthIt = isDatabaseUnreachable(error) && performance.now() < giveUpAt
      if (attempt === 1 || !isWorthIt) reportFailure("connection_renewal_not_stored", error, { attempt })
      if (attempt >= COMMIT_ATTEMPTS && !isWorthIt) throw error
      const pauseMs = Math.min(COMMIT_PAUSE_MS * 2 ** (attempt - 1), LONGEST_COMMIT_PAUSE_MS)
      // A command that has nothing else to do may end meanwhile.
      await wait(pauseMs, undefined, { ref: false })
    }
  }
}
