import type { Connections, RefreshIdleSummary } from "auth-bitbucket/connections"
import { and, eq, exists, gt, inArray, isNull, lte, or, sql } from "drizzle-orm"
import { issuer } from "@/lib/bitbucket/identity"
import type { Database } from "@/lib/db/client"
import { connection, session } from "@/lib/db/schema"
import { takeTask } from "@/lib/db/task-lease"
import { reportFailure } from "@/lib/server/failure-report"
import { log } from "@/lib/server/log"

const LEASE_SECONDS = 60
const EXTEND_EVERY_MS = 20_000

type Options = Omit<Parameters<Connections["refreshIdle"]>[0], "wanted">

export type KeepAliveSummary = Omit<RefreshIdleSummary, "refreshed" | "outcome"> & {
  refreshed: number
  outcome: RefreshIdleSummary["outcome"] | "already_running"
}

/**
 * Refreshes the idle connections that are still wanted: their user is signed in, or chose to stay connected while signed out.
 * Only one server runs it at a time, so `perSecond` limits all of them together.
 */
export async function keepAlive(
  db: Database,
  connections: Pick<Connections, "refreshIdle">,
  { signal: interruption, ...options }: Options,
  { extendEveryMs = EXTEND_EVERY_MS } = {},
): Promise<KeepAliveSummary> {
  const task = await takeTask(db, "keep_alive", LEASE_SECONDS)
  if (!task) return { refreshed: 0, ended: 0, failed: 0, outcome: "already_running" }
  const overtaken = new AbortController()
  const extending = setInterval(async () => {
    const isOurs = await task.extend().catch(() => true)
    if (!isOurs) overtaken.abort()
  }, extendEveryMs)
  const signals = [overtaken.signal, ...(interruption ? [interruption] : [])]
  try {
    const { refreshed, outcome, ...counts } = await connections.refreshIdle({
      ...options,
      signal: AbortSignal.any(signals),
      wanted: (idle) => wantedOf(db, idle),
    })
    const summary = {
      refreshed,
      ...counts,
      outcome: overtaken.signal.aborted ? ("already_running" as const) : outcome,
    }
    log.info("keep_alive", { count: summary.refreshed, code: summary.outcome })
    return summary
  } finally {
    clearInterval(extending)
    // A lease that cannot be released expires by itself.
    await task.release().catch((error) => reportFailure("task_not_released", error))
  }
}

async function wantedOf<Idle extends { id: string }>(db: Database, idle: Idle[]): Promise<Idle[]> {
  const ids = idle.map(({ id }) => id)
  const rows = await db
    .select({ id: connection.id })
    .from(connection)
    .where(and(inArray(connection.id, ids), isWanted(db)))
  const wanted = new Set(rows.map(({ id }) => id))
  return idle.filter(({ id }) => wanted.has(id))
}

function isWanted(db: Database) {
  const liveSession = db
    .select({ one: sql`1` })
    .from(session)
    .where(and(eq(session.connectionId, connection.id), gt(session.expiresAt, sql`now()`)))
  return and(
    eq(connection.issuer, issuer()),
    eq(connection.kind, "oauth2"),
    or(eq(connection.staysConnected, true), exists(liveSession)),
  )
}

/** About how many connections a run will refresh. */
export function countIdle(db: Database, idleDays: number): Promise<number> {
  const isIdle = and(
    eq(connection.status, "active"),
    lte(connection.issuedAt, sql`now() - make_interval(secs => ${idleDays * 86_400})`),
    or(isNull(connection.retryAt), lte(connection.retryAt, sql`now()`)),
  )
  return db.$count(connection, and(isIdle, isWanted(db)))
}
