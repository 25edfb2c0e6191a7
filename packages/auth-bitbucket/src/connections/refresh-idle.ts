import type { Clock } from "../time/clock.ts"
import { TokenUnavailableError, UserAuthorizationRequiredError } from "./errors.ts"
import { type EventListener, tell } from "./events.ts"
import type { Connection, ConnectionStore, IdleCursor, UnreadableRow } from "./store.ts"

const BATCH_SIZE = 100
const LONGEST_IN_FLIGHT = 10
/** This many failures in a row, of connections without earlier failures, mean that Bitbucket is down or our client is wrong. */
const FAILURES_TO_STOP = 10

type Dependencies = {
  store: Pick<ConnectionStore, "listIdle">
  refreshNow: (known: Connection) => Promise<{ isRefreshed: boolean; connection: Connection }>
  accepts: (account: string) => boolean
  clock: Clock
  onEvent: EventListener | undefined
}

export type RefreshIdleOptions = {
  /** Days without a refresh after which a connection is refreshed; Bitbucket's refresh tokens expire after ninety. */
  idleDays: number
  /** Picks those to refresh; by default all. Called with up to a hundred at a time. */
  wanted?: (connections: Connection[]) => Promise<Connection[]>
  /** The most refreshes to start per second. */
  perSecond: number
  /** Starts no more refreshes after this many seconds; the next run continues from there. */
  budgetSeconds: number
  /** Once aborted, the run starts no more refreshes and finishes those in progress. */
  signal?: AbortSignal
  /** Called for each account whose tokens were refreshed. */
  onRefreshed?: (account: string) => void
  onProgress?: (summary: RefreshIdleSummary) => void
}

export type RefreshIdleSummary = {
  refreshed: number
  /** Connections that turned out to have ended. */
  ended: number
  failed: number
  outcome: "done" | "out_of_time" | "interrupted" | "stopped_by_failures"
}

/**
 * Refreshes connections that have not been used for a while, so that their refresh tokens do not expire unused. Works in
 * small batches, oldest first. You may interrupt it at any point, and two runs may overlap. However a run ends, it first
 * waits for the refreshes in progress, because their new tokens must be stored.
 */
export async function refreshIdle(
  { store, refreshNow, accepts, clock, onEvent }: Dependencies,
  {
    idleDays,
    wanted = async (all) => all,
    perSecond,
    budgetSeconds,
    signal,
    onRefreshed,
    onProgress,
  }: RefreshIdleOptions,
): Promise<RefreshIdleSummary> {
  const summary: RefreshIdleSummary = { refreshed: 0, ended: 0, failed: 0, outcome: "done" }
  const endsAt = clock.elapsed() + budgetSeconds * 1_000
  const inFlight = new Set<Promise<void>>()
  let nextStart = clock.elapsed()
  let failuresInARow = 0

  async function refresh(connection: Connection): Promise<void> {
    const outcome = await outcomeOf(connection)
    if (outcome !== "left") summary[outcome]++
    if (outcome === "refreshed") onRefreshed?.(connection.account)
    if (outcome === "refreshed" || outcome === "ended") failuresInARow = 0
    // A connection that has failed before may have a problem of its own, and says nothing about the others.
    if (outcome === "failed" && connection.failures === 0) failuresInARow++
    onProgress?.(summary)
  }

  /** `left`: another attempt is refreshing it, or has just done so. */
  async function outcomeOf(known: Connection): Promise<"refreshed" | "ended" | "failed" | "left"> {
    try {
      const { isRefreshed, connection } = await refreshNow(known)
      if (isRefreshed) return "refreshed"
      if (connection.status === "ended") return "ended"
      return connection.failures > known.failures ? "failed" : "left"
    } catch (cause) {
      if (!(cause instanceof TokenUnavailableError) && !isAuthorizationRequired(cause))
        await tell(onEvent, { type: "refresh_broke", account: known.account, cause })
      // Tokens sealed with a secret that this server lacks may still be valid, so the connection has not ended.
      return isAuthorizationRequired(cause) && cause.reason !== "tokens_unreadable" ? "ended" : "failed"
    }
  }

  async function skip({ account, cause }: UnreadableRow): Promise<void> {
    if (!accepts(account)) return
    await tell(onEvent, { type: "refresh_broke", account, cause })
    summary.failed++
  }

  const isOutOfTime = () => Math.max(clock.elapsed(), nextStart) >= endsAt

  /** Does not wait if its turn would come too late, or once the run has to stop. */
  async function waitForTurn(): Promise<void> {
    if (inFlight.size >= LONGEST_IN_FLIGHT) await Promise.race(inFlight)
    const waitMs = isOutOfTime() ? 0 : Math.max(0, nextStart - clock.elapsed())
    await clock.wait(waitMs, { signal })
  }

  try {
    for await (const connection of idleConnections({
      store,
      idleDays,
      wanted: async (batch) => wanted(batch.filter(({ account }) => accepts(account))),
      skip,
    })) {
      await waitForTurn()
      if (signal?.aborted) summary.outcome = "interrupted"
      else if (failuresInARow >= FAILURES_TO_STOP) summary.outcome = "stopped_by_failures"
      else if (isOutOfTime()) summary.outcome = "out_of_time"
      if (summary.outcome !== "done") break
      nextStart = Math.max(nextStart, clock.elapsed()) + 1_000 / perSecond
      const refreshing = refresh(connection).finally(() => inFlight.delete(refreshing))
      inFlight.add(refreshing)
    }
  } finally {
    await Promise.all(inFlight)
  }
  return summary
}

type Listing = {
  store: Pick<ConnectionStore, "listIdle">
  idleDays: number
  wanted: (batch: Connection[]) => Promise<Connection[]>
  skip: (row: UnreadableRow) => Promise<void>
}

/** Continues where the last batch ended, so that a run does not try a failing connection twice. */
async function* idleConnections({ store, idleDays, wanted, skip }: Listing): AsyncGenerator<Connection> {
  let from: number | IdleCursor | null = idleDays
  while (from !== null) {
    const batch: Awaited<ReturnType<ConnectionStore["listIdle"]>> = await store.listIdle(from, BATCH_SIZE)
    const { connections, unreadable, next } = batch
    for (const row of unreadable) await skip(row)
    if (connections.length > 0) yield* await wanted(connections)
    from = next
  }
}

function isAuthorizationRequired(error: unknown): error is UserAuthorizationRequiredError {
  return error instanceof UserAuthorizationRequiredError
}
