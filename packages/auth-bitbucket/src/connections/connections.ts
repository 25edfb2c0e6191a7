import { randomUUID } from "node:crypto"
import { createRefreshGrant, type RefreshGrant, type TokenEndpoint } from "../oauth/refresh-grant.ts"
import { tokenResponseSchema } from "../oauth/token-set.ts"
import { type Clock, systemClock, waitAtMost } from "../time/clock.ts"
import { REFUSED_TOKEN_PAUSE_SECONDS } from "./back-off.ts"
import { TokenUnavailableError, UserAuthorizationRequiredError } from "./errors.ts"
import { type ConnectionEvent, type EventListener, tell } from "./events.ts"
import { type AfterRefresh, createRefresh } from "./refresh.ts"
import { type RefreshIdleOptions, type RefreshIdleSummary, refreshIdle } from "./refresh-idle.ts"
import { refreshWindowSeconds } from "./refresh-window.ts"
import { type ResealSummary, resealAll } from "./reseal.ts"
import { createVault, type Tokens, type Vault } from "./sealed-tokens.ts"
import type { Connection, ConnectionStore } from "./store.ts"

export type AccessToken = {
  /** Send it only in an Authorization header, and only to the API's origin. */
  value: string
  /** With OAuth 1.0a, which sends a signature made with both instead of the token alone. */
  tokenSecret?: string | undefined
  expiresAt: Date
  /** Which pair of tokens it belongs to. Pass it as `rejected` if Bitbucket refuses the token. */
  version: number
}

/** The result of a sign-in. */
export type Grant = {
  tokens: Tokens
  lifetimeSeconds: number
  /** Null if the token response did not say. */
  scopes: string[] | null
}

export type GetTokenOptions = {
  /**
   * In milliseconds. A token that expires sooner is refreshed first; if that fails, callers get it anyway until it expires.
   * Even without this, a token is refreshed five to seven minutes before it expires.
   */
  minimumValidityMs?: number
  /** Refreshes even if it is not due, unless another attempt is in progress. For a refused token, use `rejected`. */
  forceRefresh?: boolean
  /** What you need the token for, in your own words. The event `token_served` repeats it. */
  purpose?: string
  /** A token that Bitbucket answered with 401. It is replaced once, however many callers report it. */
  rejected?: Pick<AccessToken, "version">
}

export type ConnectionsOptions = {
  /** Stores the connections, such as `createPostgresStore` of `auth-bitbucket/postgres`. */
  store: ConnectionStore
  /** Bitbucket's token endpoint and your client there, or your own function that refreshes. */
  oauth: TokenEndpoint | RefreshGrant
  /**
   * Encrypt the tokens: each has 32 characters or more. The first one seals, and all of them open, so that you can replace
   * them. Or your own vault.
   */
  secrets: readonly [string, ...string[]] | Vault
  /** Whether the client above may refresh an account's tokens. Other accounts are neither read nor refreshed. */
  accepts?: (account: string) => boolean
  afterRefresh?: AfterRefresh
  onEvent?: EventListener
  /** Wraps each refresh, for example in a span. Must call `refresh` once and return its result. */
  aroundRefresh?: <Result>(refresh: () => Promise<Result>) => Promise<Result>
  clock?: Clock
  /** From 0 (inclusive) to 1. */
  random?: () => number
  /** A new uuid at each call. */
  newId?: () => string
}

/** Longer than a call to Bitbucket may take. If a holder is slower, the version fences it off. */
const LEASE_SECONDS = 15
/** A caller waits this long for another server's refresh of an expired token, and no longer. */
const LONGEST_WAIT_MS = 5_000
/** Longer than that wait plus a call to Bitbucket: a refresh takes longer only if the database stores nothing. */
const LONGEST_REFRESH_WAIT_MS = 12_000
/** Constant, because only one reader per process polls, however many callers wait. A growing pause would keep them longer. */
const POLL_MS = 40

export type Connections = ReturnType<typeof createConnections>

/**
 * Keeps the tokens of connected Bitbucket accounts sealed, refreshes them once per expiry however many requests and servers
 * ask, and loses them in no crash or outage.
 *
 * In one process, callers share one refresh. Among processes, a one-statement lease in the store lets one through, fenced by
 * the version of the tokens that it read. No transaction is open during the call to Bitbucket. New tokens are stored before
 * anyone uses them, since Bitbucket retires the old refresh token soon after
 * (https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-3052).
 */
export function createConnections(options: ConnectionsOptions) {
  const {
    oauth,
    onEvent,
    afterRefresh,
    accepts = () => true,
    aroundRefresh = (refresh) => refresh(),
  } = options
  const { clock = systemClock, random = Math.random, newId = randomUUID } = options
  const store = observed(options.store, clock, onEvent)
  const vault = "seal" in options.secrets ? options.secrets : createVault(options.secrets)
  const refreshGrant = typeof oauth === "function" ? oauth : createRefreshGrant(oauth)
  const refreshUnderLease = createRefresh({
    store,
    refreshGrant,
    vault,
    clock,
    random,
    afterRefresh,
    onEvent,
  })
  const refreshes = new Map<string, Promise<Connection>>()

  /**
   * Seals and stores the result of a sign-in. It replaces the account's tokens and overrides a refresh in progress.
   *
   * @param grant the response of Bitbucket's token endpoint, the `account` that Auth.js passes to its callbacks and
   *   adapters, or a response that you have parsed
   * @param account identifies the account in later calls, for example by its `uuid`. It cannot change, since the
   *   tokens are sealed for it
   * @param options `scopes`: used if the response names none. `within`: another store to write to, such
   *   as one inside your transaction
   * @throws TypeError if the response is not a token response; or the store's error
   */
  async function save(
    grant: object | Grant,
    account: string,
    { scopes = [], within = store }: { scopes?: string[]; within?: Pick<ConnectionStore, "save"> } = {},
  ): Promise<Connection> {
    const {
      tokens,
      lifetimeSeconds,
      scopes: granted,
    } = "tokens" in grant ? grant : parseTokenResponse(grant, clock)
    const sealedTokens = await vault.seal(tokens, account)
    return within.save(account, { sealedTokens, lifetimeSeconds, scopes: granted ?? scopes })
  }

  /** @returns the account's stored connection; null if it has none */
  async function read(account: string): Promise<Connection | null> {
    return accepts(account) ? store.read(account) : null
  }

  /**
   * Returns an access token that should be valid. Refreshes it first if it expires soon.
   *
   * @param of the account, or its connection if you have just read it, which saves a query
   * @throws UserAuthorizationRequiredError if the user has to sign in
   * @throws TokenUnavailableError if the token has expired and cannot be refreshed now
   */
  async function getToken(of: string | Connection, options: GetTokenOptions = {}): Promise<AccessToken> {
    const connection = await getConnection(of, options)
    try {
      const { accessToken, tokenSecret } = await vault.open(connection)
      const { account, expiresAt, version } = connection
      const { purpose } = options
      await tell(onEvent, {
        type: "token_served",
        account,
        version,
        ...(purpose !== undefined && { purpose }),
      })
      return { value: accessToken, tokenSecret, expiresAt, version }
    } catch (cause) {
      throw new UserAuthorizationRequiredError("tokens_unreadable", { cause })
    }
  }

  /** Like `getToken`, but returns the connection. */
  async function getConnection(of: string | Connection, options: GetTokenOptions = {}): Promise<Connection> {
    const known = await resolve(of)
    if (options.forceRefresh) return (await refreshNow(known)).connection
    const connection = options.rejected ? await expire(known, options.rejected) : known
    return isDue(connection, options.minimumValidityMs) ? refreshOrServe(connection) : connection
  }

  /**
   * Refreshes even if it is not due, unless it is too soon after a failure or another attempt is in progress.
   *
   * @param of the account or its connection. If a connection's tokens have been replaced since you read it, it is not refreshed
   * @returns whether there are new tokens, and the connection afterwards. If the refresh failed while the access token is
   *   valid, it has more `failures` than before; if the connection ended, its status is `ended`
   * @throws UserAuthorizationRequiredError or TokenUnavailableError
   */
  async function refreshNow(
    of: string | Connection,
  ): Promise<{ isRefreshed: boolean; connection: Connection }> {
    const known = await resolve(of)
    if (known.status === "ended") throw new UserAuthorizationRequiredError("ended")
    if (known.retryInSeconds > 0) throw unavailable(known.retryInSeconds)
    const connection = await shareRefresh(known)
    return { isRefreshed: connection.version > known.version, connection }
  }

  /**
   * Records that Bitbucket refused a token that had just been refreshed. No server refreshes again for a minute.
   *
   * @returns the error to throw
   */
  async function deferRefresh(
    { id }: Pick<Connection, "id">,
    { version }: Pick<AccessToken, "version">,
    cause?: unknown,
  ): Promise<TokenUnavailableError> {
    await store.deferRefresh(id, version, REFUSED_TOKEN_PAUSE_SECONDS)
    return new TokenUnavailableError("bitbucket_unavailable", {
      retryAfterSeconds: REFUSED_TOKEN_PAUSE_SECONDS,
      cause,
    })
  }

  /**
   * Deletes the tokens. The app stays among the user's authorized applications on Bitbucket until they remove it.
   *
   * @param of the account, or a connection, which is deleted only if its tokens have not been replaced since you read it
   * @returns whether there was one
   */
  async function disconnect(of: string | Pick<Connection, "account" | "id" | "version">): Promise<boolean> {
    return typeof of === "string" ? store.delete(of) : store.delete(of.account, of)
  }

  async function resolve(of: string | Connection): Promise<Connection> {
    const connection = typeof of === "string" ? await read(of) : of
    if (!connection || !accepts(connection.account)) throw new UserAuthorizationRequiredError("not_connected")
    return connection
  }

  async function expire({ id, account }: Connection, { version }: Pick<AccessToken, "version">) {
    await store.expireAccessToken(id, version)
    return resolve(account)
  }

  /** While the token is valid, callers get it whether the refresh is in progress, delayed or failed. */
  async function refreshOrServe(connection: Connection): Promise<Connection> {
    const isValid = connection.remainingSeconds > 0
    if (connection.status === "ended" && !isValid) throw new UserAuthorizationRequiredError("ended")
    if (connection.status === "ended" || (isValid && refreshes.has(connection.id))) return connection
    if (connection.retryInSeconds > 0) {
      if (isValid) return connection
      throw unavailable(connection.retryInSeconds)
    }
    try {
      return await shareRefresh(connection)
    } catch (cause) {
      if (!isValid || cause instanceof UserAuthorizationRequiredError) throw cause
      await tell(onEvent, { type: "refresh_broke", account: connection.account, cause })
      return connection
    }
  }

  /** If the database stores nothing, callers stop waiting after a while and the refresh continues without them. */
  async function shareRefresh(connection: Connection): Promise<Connection> {
    const { id } = connection
    let refresh = refreshes.get(id)
    if (!refresh) {
      refresh = aroundRefresh(() => refreshAndTell(connection)).finally(() => refreshes.delete(id))
      refreshes.set(id, refresh)
    }
    const refreshed = await waitAtMost(
      clock,
      LONGEST_REFRESH_WAIT_MS,
      refresh,
      () => new TokenUnavailableError("database_unreachable"),
    )
    // A refresh that began while the token was valid, and failed, returns that token.
    const isSame = refreshed.id === connection.id && refreshed.version === connection.version
    if (connection.remainingSeconds <= 0 && isSame) throw unavailable(1)
    return refreshed
  }

  async function refreshAndTell(asRead: Connection): Promise<Connection> {
    const startedAt = clock.elapsed()
    const attempts: Attempts = { count: 0, leasedAt: null, isLeaseLost: false }
    const end = (outcome: RefreshOutcome) =>
      tell(onEvent, {
        type: "refresh_ended",
        account: asRead.account,
        outcome,
        lease: leaseOf(attempts),
        attempts: attempts.count,
        waitMs: Math.round((attempts.leasedAt ?? clock.elapsed()) - startedAt),
      })
    try {
      const connection = await refreshOnce(asRead, attempts)
      await end(connection.version > asRead.version ? "refreshed" : "kept")
      return connection
    } catch (error) {
      await end(isOurs(error) ? error.code : "failed")
      throw error
    }
  }

  async function refreshOnce(asRead: Connection, attempts: Attempts): Promise<Connection> {
    const giveUpAt = clock.elapsed() + LONGEST_WAIT_MS
    let connection = asRead
    for (;;) {
      const lease = { id: connection.id, version: connection.version, owner: newId() }
      attempts.count++
      const leased = await store.takeLease(lease, LEASE_SECONDS)
      if (leased) {
        attempts.leasedAt = clock.elapsed()
        return refreshUnderLease(leased, lease, () => {
          attempts.isLeaseLost = true
        })
      }

      const current = await store.read(connection.account)
      if (!current) throw new UserAuthorizationRequiredError("not_connected")
      const isReplaced = current.id !== connection.id || current.version !== connection.version
      if (isReplaced || current.remainingSeconds > 0) return current
      if (current.status === "ended") throw new UserAuthorizationRequiredError("ended")
      if (current.retryInSeconds > 0) throw unavailable(current.retryInSeconds)
      if (clock.elapsed() > giveUpAt) throw unavailable(1)
      connection = current
      await clock.wait(POLL_MS * (0.75 + random() / 2))
    }
  }

  return {
    save,
    read,
    getToken,
    getConnection,
    refreshNow,
    deferRefresh,
    disconnect,
    /** Refreshes connections that have not been used for a long time: see `refreshIdle`. */
    refreshIdle: (options: RefreshIdleOptions): Promise<RefreshIdleSummary> =>
      refreshIdle({ store, refreshNow, accepts, clock, onEvent }, options),
    /** Seals every connection's tokens with the first secret: see `resealAll`. */
    reseal: (onProgress?: (summary: ResealSummary) => void): Promise<ResealSummary> =>
      resealAll(store, vault, onProgress),
  }
}

/**
 * Whether to refresh a connection's tokens. If the outcome of a refresh is unknown, it is repeated immediately even if the
 * access token is valid: Bitbucket may have retired the refresh token, and then accepts it for only ten more minutes.
 */
function isDue(connection: Connection, minimumValidityMs = 0): boolean {
  const { id, remainingSeconds, lifetimeSeconds, failures, isRefreshPending } = connection
  const windowSeconds = Math.max(refreshWindowSeconds(id, lifetimeSeconds), minimumValidityMs / 1_000)
  return remainingSeconds <= windowSeconds || failures > 0 || isRefreshPending
}

type RefreshOutcome = Extract<ConnectionEvent, { type: "refresh_ended" }>["outcome"]

/** How one refresh in this process got its lease. */
type Attempts = { count: number; leasedAt: number | null; isLeaseLost: boolean }

/** `taken`: we held the lease. `waited` and `adopted`: another server stored tokens, while we waited or before we asked. */
function leaseOf({ count, leasedAt, isLeaseLost }: Attempts): "taken" | "waited" | "adopted" {
  if (leasedAt !== null && !isLeaseLost) return "taken"
  return leasedAt === null && count > 1 ? "waited" : "adopted"
}

/**
 * Reads a token response (RFC 6749 §5.1), or what Auth.js stores of one, as `save` does.
 *
 * @throws TypeError if it is neither
 */
export function parseTokenResponse(response: StoredAccount, clock: Pick<Clock, "now"> = systemClock): Grant {
  const parsed = tokenResponseSchema.safeParse(response)
  if (!parsed.success) throw new TypeError("This is not a token response (RFC 6749, section 5.1)")
  const { accessToken, refreshToken, scopes, lifetimeSeconds } = parsed.data
  return {
    tokens: { accessToken, refreshToken: refreshToken ?? "" },
    lifetimeSeconds: Math.min(lifetimeSeconds, secondsLeft(response, clock)),
    scopes,
  }
}

/** What Auth.js stores of a token response: when it expires, in seconds since 1970, instead of its lifetime. */
type StoredAccount = { expires_in?: unknown; expires_at?: unknown }

function secondsLeft({ expires_in, expires_at }: StoredAccount, clock: Pick<Clock, "now">): number {
  const isStored = (expires_in ?? null) === null && (expires_at ?? null) !== null
  const seconds = isStored ? Math.floor(Number(expires_at) - clock.now() / 1_000) : Number.NaN
  return Number.isNaN(seconds) ? Number.POSITIVE_INFINITY : Math.max(0, seconds)
}

function isOurs(error: unknown): error is UserAuthorizationRequiredError | TokenUnavailableError {
  return error instanceof UserAuthorizationRequiredError || error instanceof TokenUnavailableError
}

function unavailable(retryAfterSeconds: number): TokenUnavailableError {
  return new TokenUnavailableError("bitbucket_unavailable", { retryAfterSeconds })
}

/** Wraps a store so that the listener is told about every step. */
function observed(store: ConnectionStore, clock: Clock, onEvent: EventListener | undefined): ConnectionStore {
  if (!onEvent) return store
  const { isUnreachable, ...steps } = store
  const observe =
    (operation: string, step: (...given: unknown[]) => Promise<unknown>) =>
    async (...given: unknown[]) => {
      const startedAt = clock.elapsed()
      const done = (failure?: { error: unknown }) =>
        tell(onEvent, {
          type: "store_called",
          operation,
          durationMs: clock.elapsed() - startedAt,
          ...failure,
        })
      try {
        const result = await step(...given)
        await done()
        return result
      } catch (error) {
        await done({ error })
        throw error
      }
    }
  const observedSteps = Object.entries(steps).map(([operation, step]) => [
    operation,
    observe(operation, step as (...given: unknown[]) => Promise<unknown>),
  ])
  return { ...Object.fromEntries(observedSteps), isUnreachable }
}
