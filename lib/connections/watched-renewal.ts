import { AsyncLocalStorage } from "node:async_hooks"
import { count } from "@/lib/server/metrics/counters"
import { inSpan } from "@/lib/server/telemetry/spans"
import type { Connection, ConnectionStore } from "./connection-store"
import { ConnectionError } from "./errors"

type Watch = {
  attempts: number
  /** Null until the lease is ours. */
  leasedAt: number | null
  /** Somebody else brought tokens while we held it. */
  isFencedOut: boolean
}

const watch = new AsyncLocalStorage<Watch>()

/** Runs a renewal in a span, and counts how it ended and how long it waited. @param asRead before it */
export function watchRenewal(asRead: Connection, renew: () => Promise<Connection>): Promise<Connection> {
  const seen: Watch = { attempts: 0, leasedAt: null, isFencedOut: false }
  const startedAt = performance.now()
  return inSpan("bitbucket.refresh", async (span) => {
    const report = (outcome: string) => {
      const waitMs = Math.round((seen.leasedAt ?? performance.now()) - startedAt)
      const lease = leaseOf(seen)
      span.setAttributes({
        "bitbucket.outcome": outcome,
        "bitbucket.refresh.lease": lease,
        "bitbucket.refresh.attempt": seen.attempts,
        "bitbucket.refresh.wait_ms": waitMs,
      })
      count("bitbucket_refreshes_total", { outcome, lease })
    }
    try {
      const connection = await watch.run(seen, renew)
      report(connection.version > asRead.version ? "renewed" : "kept")
      return connection
    } catch (error) {
      report(error instanceof ConnectionError ? error.code : "failed")
      throw error
    }
  })
}

/** A store that tells the renewal around it what became of its lease. */
export function withWatchedLeases(store: ConnectionStore): ConnectionStore {
  const fencedOut = () => {
    const seen = watch.getStore()
    if (seen) seen.isFencedOut = true
  }
  return {
    ...store,
    async takeLease(lease) {
      const leased = await store.takeLease(lease)
      const seen = watch.getStore()
      if (seen) {
        seen.attempts++
        if (leased) seen.leasedAt = performance.now()
      }
      return leased
    },
    async commitRefresh(lease, tokens) {
      const renewed = await store.commitRefresh(lease, tokens)
      if (!renewed) fencedOut()
      return renewed
    },
  }
}

/** Whether the lease was ours, or the tokens are somebody else's: of whom we waited for, or who came first. */
function leaseOf({ attempts, leasedAt, isFencedOut }: Watch): "taken" | "waited" | "adopted" {
  if (leasedAt !== null && !isFencedOut) return "taken"
  return leasedAt === null && attempts > 1 ? "waited" : "adopted"
}
