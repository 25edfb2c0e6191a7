import { randomUUID } from "node:crypto"
import { setTimeout as wait } from "node:timers/promises"
import { classifyRefreshFailure } from "@/lib/bitbucket/refresh-failure"
import { log } from "@/lib/log"
import type { RefreshGrant, RefreshOutcome } from "@/lib/oauth/refresh-grant"
import { backOffSeconds } from "./back-off"
import type { Connection, ConnectionStore, Lease } from "./connection-store"
import { ConnectionError } from "./errors"
import { refreshWindowSeconds } from "./refresh-window"
import { sealTokens, type Tokens, unsealTokens } from "./sealed-tokens"

export type AccessToken = {
  /** Goes into an Authorization header on the API origin and nowhere else. */
  value: string
  expiresAt: Date
  /** Which pair of tokens this is: given back where Bitbucket refuses the token. */
  version: number
}

type Dependencies = {
  store: ConnectionStore
  refresh: RefreshGrant
  /** The first seals, all open. */
  secrets: readonly [string, ...string[]]
  /** Whether the person may still use this deployment; asked with each new access token. */
  isAdmitted?: (accessToken: string) => Promise<boolean>
  /** Told of what becomes of a connection; must not throw. */
  onEvent?: (
    accountUuid: string,
    event: "renewed" | "renewal_failed" | "connection_ended",
    reason?: string,
  ) => Promise<void>
  random?: () => number
}

/** A person waits this long for another server's renewal of a token that has lapsed, and no longer. */
const LONGEST_WAIT_MS = 5_000
/** One reader per process, however many callers wait; doubling it made the slowest of them wait for nothing. */
const POLL_MS = 40
const COMMIT_ATTEMPTS = 4
const COMMIT_PAUSE_MS = 500

/**
 * Access tokens, renewed once per expiry however many tabs, requests and servers ask: the only code that
 * refreshes.
 *
 * In one process, callers share one renewal. Among processes, a one-statement lease in Postgres admits one,
 * fenced by the version of the tokens it read; nothing is held open while Bitbucket is called. New tokens are
 * stored before they are used, since Bitbucket retires the old refresh token soon after (CHANGE-3052).
 */
export function createAccessTokens(dependencies: Dependencies) {
  const { store, refresh, secrets, random = Math.random } = dependencies
  const { isAdmitted = async () => true, onEvent = async () => undefined } = dependencies
  const renewals = new Map<string, Promise<Connection>>()
  /** Whoever shared a renewal has the very same row, and it is opened once for all of them. */
  const opened = new WeakMap<Connection, Promise<Tokens>>()

  /**
   * A token that Bitbucket accepts as far as we know, renewed if its end is near.
   *
   * @param known the connection as just read; else it is read
   * @throws ConnectionError
   */
  async function getAccessToken(id: string, known?: Connection): Promise<AccessToken> {
    const connection = known ?? (await store.read(id))
    if (!connection) throw new ConnectionError("reauthorization_required")
    return open(isDue(connection) ? await renewOrServe(connection) : connection)
  }

  /**
   * A token to use in place of one that the API answered with 401 although it should have been valid.
   *
   * @param version of the refused token; if it has been replaced meanwhile, nothing is renewed
   * @throws ConnectionError
   */
  async function replaceRejectedToken(id: string, version: number): Promise<AccessToken> {
    await store.expireAccessToken(id, version)
    return getAccessToken(id)
  }

  /**
   * Renews whether it is due or not, unless it is too soon after a failure or somebody else is at it.
   *
   * @param known as just read: if its tokens have been replaced since, nothing is renewed
   * @throws ConnectionError
   */
  async function renewNow(known: Connection): Promise<{ isRenewed: boolean }> {
    if (known.status === "dead") throw new ConnectionError("reauthorization_required")
    if (known.retryInSeconds > 0) throw unavailable(known.retryInSeconds)
    const { version } = await shareRenewal(known)
    return { isRenewed: version > known.version }
  }

  /** While the token lives, a renewal under way, a back-off or a failure never keeps anybody from it. */
  async function renewOrServe(connection: Connection): Promise<Connection> {
    const isAlive = connection.remainingSeconds > 0
    if (connection.status === "dead" && !isAlive) throw new ConnectionError("reauthorization_required")
    if (connection.status === "dead" || (isAlive && renewals.has(connection.id))) return connection
    if (connection.retryInSeconds > 0) {
      if (isAlive) return connection
      throw unavailable(connection.retryInSeconds)
    }
    return shareRenewal(connection)
  }

  function shareRenewal(connection: Connection): Promise<Connection> {
    const running = renewals.get(connection.id)
    if (running) return running
    const renewal = renew(connection).finally(() => renewals.delete(connection.id))
    renewals.set(connection.id, renewal)
    return renewal
  }

  async function renew(asRead: Connection): Promise<Connection> {
    const giveUpAt = performance.now() + LONGEST_WAIT_MS
    let connection = asRead
    for (;;) {
      const lease = { id: connection.id, version: connection.version, owner: randomUUID() }
      const leased = await store.takeLease(lease)
      if (leased) return renewUnderLease(leased, lease)

      const current = await store.read(connection.id)
      if (!current) throw new ConnectionError("reauthorization_required")
      if (current.version !== connection.version || current.remainingSeconds > 0) return current
      if (current.status === "dead") throw new ConnectionError("reauthorization_required")
      if (current.retryInSeconds > 0) throw unavailable(current.retryInSeconds)
      if (performance.now() > giveUpAt) throw unavailable(1)
      connection = current
      await wait(POLL_MS * (0.75 + random() / 2))
    }
  }

  async function renewUnderLease(connection: Connection, lease: Lease): Promise<Connection> {
    const startedAt = performance.now()
    const { refreshToken } = await unsealOrMarkDead(connection, lease)
    const outcome = await refresh(refreshToken)
    if (!outcome.ok) return handleFailure(connection, lease, outcome)

    const { accessToken, lifetimeSeconds, scopes } = outcome.tokens
    const tokens = { accessToken, refreshToken: outcome.tokens.refreshToken ?? refreshToken }
    const sealedTokens = await sealTokens(tokens, connection.accountUuid, secrets)
    const newTokens = { sealedTokens, lifetimeSeconds, scopes: scopes ?? connection.scopes }
    const renewed = await withRetries(() => store.commitRefresh(lease, newTokens))
    log.info(renewed ? "connection_renewed" : "connection_renewal_superseded", {
      account: connection.accountUuid,
      durationMs: Math.round(performance.now() - startedAt),
    })
    if (!renewed) return adopt(connection)
    await onEvent(renewed.accountUuid, "renewed")
    await endUnlessAdmitted(renewed, accessToken)
    return renewed
  }

  /** That Bitbucket cannot say at this moment changes nothing: the next renewal asks again. */
  async function endUnlessAdmitted(connection: Connection, accessToken: string): Promise<void> {
    if (await isAdmitted(accessToken).catch(() => true)) return
    await store.delete(connection.id)
    log.warn("connection_no_longer_admitted", { account: connection.accountUuid })
    await onEvent(connection.accountUuid, "connection_ended", "not_admitted")
    throw new ConnectionError("reauthorization_required")
  }

  async function handleFailure(
    connection: Connection,
    lease: Lease,
    outcome: Extract<RefreshOutcome, { ok: false }>,
  ): Promise<Connection> {
    const { failure } = outcome
    const meaning = classifyRefreshFailure(failure)
    const status = failure.kind === "no_answer" ? {} : { status: failure.status }
    const report = { account: connection.accountUuid, reason: failure.kind, ...status }

    if (meaning === "dead_grant") {
      if (!(await store.markDead(lease, meaning))) return adopt(connection)
      log.warn("connection_dead", report)
      await onEvent(connection.accountUuid, "connection_ended", meaning)
      if (connection.remainingSeconds > 0) return connection
      throw new ConnectionError("reauthorization_required")
    }

    const isOperatorFault = meaning === "operator_fault"
    const retryAfterSeconds = "retryAfterSeconds" in failure ? failure.retryAfterSeconds : null
    const { failures, remainingSeconds } = connection
    const retryIn = backOffSeconds({ isOperatorFault, failures, remainingSeconds, retryAfterSeconds }, random)
    await store.recordFailure(lease, isOperatorFault ? meaning : failure.kind, retryIn)
    if (isOperatorFault) log.error("oauth_client_refused", report)
    else log.warn("connection_renewal_failed", report)
    await onEvent(connection.accountUuid, "renewal_failed", isOperatorFault ? meaning : failure.kind)
    if (remainingSeconds > 0) return connection
    throw unavailable(retryIn)
  }

  /** Whoever was fenced out takes what the winner stored; a connection that is gone is never written back. */
  async function adopt(connection: Connection): Promise<Connection> {
    const current = await store.read(connection.id)
    if (!current || (current.status === "dead" && current.remainingSeconds <= 0))
      throw new ConnectionError("reauthorization_required")
    return current
  }

  async function unsealOrMarkDead(connection: Connection, lease: Lease) {
    try {
      return await openOnce(connection)
    } catch (cause) {
      await store.markDead(lease, "tokens_unreadable")
      log.error("tokens_unreadable", { account: connection.accountUuid })
      throw new ConnectionError("reauthorization_required", { cause })
    }
  }

  function openOnce(connection: Connection): Promise<Tokens> {
    const tokens =
      opened.get(connection) ?? unsealTokens(connection.sealedTokens, connection.accountUuid, secrets)
    opened.set(connection, tokens)
    return tokens
  }

  async function open(connection: Connection): Promise<AccessToken> {
    try {
      const { accessToken } = await openOnce(connection)
      return { value: accessToken, expiresAt: connection.expiresAt, version: connection.version }
    } catch (cause) {
      throw new ConnectionError("reauthorization_required", { cause })
    }
  }

  return { getAccessToken, replaceRejectedToken, renewNow }
}

export type AccessTokens = ReturnType<typeof createAccessTokens>

function isDue({ id, remainingSeconds, lifetimeSeconds }: Connection): boolean {
  return remainingSeconds <= refreshWindowSeconds(id, lifetimeSeconds)
}

/** Bitbucket has retired the old pair by now: a moment's trouble with the database must not lose the new one. */
async function withRetries<Result>(store: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await store()
    } catch (error) {
      if (attempt === COMMIT_ATTEMPTS) throw error
      log.warn("connection_renewal_not_stored", { attempt })
      await wait(COMMIT_PAUSE_MS)
    }
  }
}

function unavailable(retryAfterSeconds: number): ConnectionError {
  return new ConnectionError("bitbucket_unavailable", { retryAfterSeconds })
}
