import { setTimeout as wait } from "node:timers/promises"
import type { Database } from "@/lib/db/client"
import { takeTask } from "@/lib/db/task-lease"
import { reportFailure } from "@/lib/server/failure-report"
import { log } from "@/lib/server/log"
import type { AccessTokens } from "./access-token"
import type { Connection } from "./connection-store"
import { ConnectionError } from "./errors"
import { createMaintenanceStore, type IdleConnection, type MaintenanceStore } from "./maintenance-store"
import { UnsealError } from "./sealed-tokens"

const BATCH_SIZE = 100
const LONGEST_IN_FLIGHT = 10
const LEASE_SECONDS = 60
const EXTEND_EVERY_MS = 20_000
/** So many failures in a row, of connections that had none before, are not their fault: Bitbucket is down, or our client is wrong. */
const FAILURES_TO_STOP = 10

type Dependencies = {
  db: Database
  /** Of this deployment. */
  issuer: string
  accessTokens: Pick<AccessTokens, "renewNow">
}

type Options = {
  /** Days without a renewal after which a connection is renewed; Bitbucket's refresh tokens die after ninety. */
  idleDays: number
  /** Renewals started per second, at the most, by all servers together. */
  perSecond: number
  /** After so many seconds no more are started; the next run goes on from there. */
  budgetSeconds: number
  /** Once aborted, no more are started; those that have been are finished. */
  signal?: AbortSignal
  onProgress?: (summary: KeepAliveSummary) => void
}

export type KeepAliveSummary = {
  renewed: number
  /** Connections whose grant turned out to be dead. */
  ended: number
  failed: number
  outcome: "done" | "out_of_time" | "interrupted" | "stopped_by_failures" | "already_running"
}

/**
 * Renews connections that nobody has used for a while, so that their refresh tokens do not die of it. Small
 * batches, oldest first; it may be interrupted at any point and called twice at once. However a run ends, it first
 * waits for the refreshes it has started: the tokens that Bitbucket answers with must be stored.
 */
export async function keepAlive(
  { db, issuer, accessTokens }: Dependencies,
  options: Options,
): Promise<KeepAliveSummary> {
  const summary: KeepAliveSummary = { renewed: 0, ended: 0, failed: 0, outcome: "done" }
  const task = await takeTask(db, "keep_alive", LEASE_SECONDS)
  if (!task) return { ...summary, outcome: "already_running" }

  const endsAt = performance.now() + options.budgetSeconds * 1_000
  let extendAt = performance.now() + EXTEND_EVERY_MS
  const inFlight = new Set<Promise<void>>()
  let nextStart = performance.now()
  let failuresInARow = 0

  async function renew(connection: Connection): Promise<void> {
    const outcome = await outcomeOf(connection)
    if (outcome !== "left") summary[outcome]++
    if (outcome === "renewed" || outcome === "ended") failuresInARow = 0
    // One that has failed before may be at fault itself, and says nothing of the others.
    if (outcome === "failed" && connection.failures === 0) failuresInARow++
    options.onProgress?.(summary)
  }

  /** `left` is what somebody else is at, or has just renewed. */
  async function outcomeOf(known: Connection): Promise<"renewed" | "ended" | "failed" | "left"> {
    try {
      const { isRenewed, connection } = await accessTokens.renewNow(known)
      if (isRenewed) return "renewed"
      if (connection.status === "dead") return "ended"
      return connection.failures > known.failures ? "failed" : "left"
    } catch (error) {
      if (!(error instanceof ConnectionError))
        reportFailure("connection_renewal_failed", error, { account: known.accountUuid })
      return isEnd(error) ? "ended" : "failed"
    }
  }

  const isOutOfTime = () => Math.max(performance.now(), nextStart) >= endsAt

  /** Not for a turn that comes too late, and not once the run is to stop. */
  async function waitForTurn(): Promise<void> {
    if (inFlight.size >= LONGEST_IN_FLIGHT) await Promise.race(inFlight)
    const waitMs = isOutOfTime() ? 0 : Math.max(0, nextStart - performance.now())
    await wait(waitMs, undefined, { signal: options.signal }).catch(() => undefined)
  }

  async function isOvertaken(): Promise<boolean> {
    if (performance.now() < extendAt) return false
    extendAt = performance.now() + EXTEND_EVERY_MS
    return !(await task?.extend())
  }

  try {
    for await (const connection of idleConnections(createMaintenanceStore(db, issuer), options.idleDays)) {
      await waitForTurn()
      if (options.signal?.aborted) summary.outcome = "interrupted"
      else if (await isOvertaken()) summary.outcome = "already_running"
      else if (failuresInARow >= FAILURES_TO_STOP) summary.outcome = "stopped_by_failures"
      else if (isOutOfTime()) summary.outcome = "out_of_time"
      if (summary.outcome !== "done") break
      nextStart = Math.max(nextStart, performance.now()) + 1_000 / options.perSecond
      const renewal = renew(connection).finally(() => inFlight.delete(renewal))
      inFlight.add(renewal)
    }
  } finally {
    await Promise.all(inFlight)
    // A lease that cannot be given back ends by itself.
    await task.release().catch((error) => reportFailure("task_not_released", error))
  }
  log.info("keep_alive", { count: summary.renewed, code: summary.outcome })
  return summary
}

/** What was sealed with a secret that is not set here has not ended: the row is as good as before. */
function isEnd(error: unknown): boolean {
  const isOver = error instanceof ConnectionError && error.code === "reauthorization_required"
  return isOver && !(error.cause instanceof UnsealError)
}

/** Reads on from where the last batch ended, so that those which fail are not met again in the same run. */
async function* idleConnections(store: MaintenanceStore, idleDays: number): AsyncGenerator<IdleConnection> {
  const since = await store.idleSince(idleDays)
  let last: IdleConnection | undefined
  do {
    const batch = await store.listIdle(since, BATCH_SIZE, last)
    yield* batch
    last = batch.length === BATCH_SIZE ? batch.at(-1) : undefined
  } while (last)
}
