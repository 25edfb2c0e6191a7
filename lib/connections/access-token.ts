import { randomUUID } from "node:crypto"
import { setTimeout as wait } from "node:timers/promises"
import { waitAtMost } from "auth-bitbucket/http/deadline"
import { DatabaseError, isDatabaseError } from "@/lib/db/errors"
import { reportFailure } from "@/lib/server/failure-report"
import type { Connection } from "./connection-store"
import { ConnectionError } from "./errors"
import { refreshWindowSeconds } from "./refresh-window"
import { createRenewal, type RenewalDependencies } from "./renewal"
import { createTokenOpener } from "./sealed-tokens"
import { watchRenewal } from "./watched-renewal"

export type AccessToken = {
  /** Goes into an Authorization header on the API origin and nowhere else. */
  value: string
  /** Where it signs requests instead: then the header holds a signature by both. */
  tokenSecret?: string | undefined
  expiresAt: Date
  /** Which pair of tokens this is: given back where Bitbucket refuses the token. */
  version: number
}

/** A person waits this long for another server's renewal of a token that has lapsed, and no longer. */
const LONGEST_WAIT_MS = 5_000
/** More than that and a call to Bitbucket take: only a database that stores nothing makes a refresh last longer. */
const LONGEST_REFRESH_WAIT_MS = 12_000
/** One reader per process, however many callers wait; a growing pause made the slowest of them wait for nothing. */
const POLL_MS = 40

/**
 * Access tokens, renewed once per expiry however many tabs, requests and servers ask: the only code that
 * refreshes.
 *
 * In one process, callers share one renewal. Among processes, a one-statement lease in Postgres admits one,
 * fenced by the version of the tokens it read; nothing is held open while Bitbucket is called. New tokens are
 * stored before they are used, since Bitbucket retires the old refresh token soon after (CHANGE-3052).
 */
export function createAccessTokens(dependencies: Omit<RenewalDependencies, "openTokens">) {
  const { store, random = Math.random } = dependencies
  const openTokens = createTokenOpener(dependencies.secrets)
  const renewUnderLease = createRenewal({ ...dependencies, openTokens })
  const renewals = new Map<string, Promise<Connection>>()

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
   * @returns whether there are new tokens, and the connection as it stands then; one that failed while its token lives
   *   has more `failures` than before, one that has ended is dead
   * @throws ConnectionError
   */
  async function renewNow(known: Connection): Promise<{ isRenewed: boolean; connection: Connection }> {
    if (known.status === "dead") throw new ConnectionError("reauthorization_required")
    if (!isRenewable(known)) return { isRenewed: false, connection: known }
    if (known.retryInSeconds > 0) throw unavailable(known.retryInSeconds)
    const connection = await shareRenewal(known)
    return { isRenewed: connection.version > known.version, connection }
  }

  /** While the token is valid, a refresh under way, a back-off or a failure never keeps anybody from it. */
  async function renewOrServe(connection: Connection): Promise<Connection> {
    const isAlive = connection.remainingSeconds > 0
    if (connection.status === "dead" && !isAlive) throw new ConnectionError("reauthorization_required")
    if (connection.status === "dead" || (isAlive && renewals.has(connection.id))) return connection
    if (connection.retryInSeconds > 0) {
      if (isAlive) return connection
      throw unavailable(connection.retryInSeconds)
    }
    return shareRenewal(connection).catch((error: unknown) => {
      if (!isAlive || !isDatabaseError(error)) throw error
      reportFailure("connection_renewal_failed", error, { account: connection.accountUuid })
      return connection
    })
  }

  /** While the database takes no tokens, the refresh goes on without those who wait for it. */
  function shareRenewal(connection: Connection): Promise<Connection> {
    let renewal = renewals.get(connection.id)
    if (!renewal) {
      renewal = watchRenewal(connection, () => renew(connection)).finally(() =>
        renewals.delete(connection.id),
      )
      renewals.set(connection.id, renewal)
    }
    return waitAtMost(LONGEST_REFRESH_WAIT_MS, renewal, () => {
      throw new DatabaseError("database_unreachable", { reason: "timeout" })
    })
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

  async function open(connection: Connection): Promise<AccessToken> {
    try {
      const { accessToken, tokenSecret } = await openTokens(connection)
      const { expiresAt, version } = connection
      return { value: accessToken, tokenSecret, expiresAt, version }
    } catch (cause) {
      throw new ConnectionError("reauthorization_required", { cause })
    }
  }

  return { getAccessToken, replaceRejectedToken, renewNow }
}

export type AccessTokens = ReturnType<typeof createAccessTokens>

/** Whether a connection's tokens lapse and are replaced by new ones. */
export function isRenewable({ kind }: Pick<Connection, "kind">): boolean {
  return kind === "oauth2"
}

function isDue({ id, remainingSeconds, lifetimeSeconds }: Connection): boolean {
  return remainingSeconds <= refreshWindowSeconds(id, lifetimeSeconds)
}

function unavailable(retryAfterSeconds: number): ConnectionError {
  return new ConnectionError("bitbucket_unavailable", { retryAfterSeconds })
}
