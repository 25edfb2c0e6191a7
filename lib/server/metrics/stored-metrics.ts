import type { BitbucketErrorCode } from "auth-bitbucket/client"
import { type ConnectionState, connectionState, type FailureReason } from "auth-bitbucket/connections"
import { and, count, eq, gt, min, type SQL, sql } from "drizzle-orm"
import type { Database } from "@/lib/db/client"
import { activity, connection, session } from "@/lib/db/schema"
import type { Metric } from "./prometheus-text"

/** Longer than any sensible pause between two scrapes. */
const RECENT_MINUTES = 5

/** Present even without a sample, because an alert rule may use them. */
const states = [
  "connected",
  "refreshing",
  "waiting",
  "ending",
  "ended",
] as const satisfies readonly ConnectionState[]
const failures = [
  "no_answer",
  "oauth_error",
  "unexpected_answer",
  "unexplained_refusal",
  "operator_fault",
  "token_refused",
  "tokens_unreadable",
] satisfies FailureReason[]
const admissionFailures = [
  "forbidden",
  "insufficient_scope",
  "not_found",
  "endpoint_removed",
  "unauthorized",
  "refused",
  "rate_limited",
  "unavailable",
  "unreachable",
  "unexpected_answer",
  "incomplete_list",
  "no_access_token",
] satisfies (BitbucketErrorCode | "no_access_token")[]
const events = ["signed_in", "signed_out", "renewed", "renewal_failed", "connection_ended", "disconnected"]

/**
 * Describes the whole deployment from its rows: the same from every server or function, and after every restart. See docs/decisions/025-one-metrics-pipeline.md.
 */
export async function readStoredMetrics(db: Database): Promise<Metric[]> {
  const isAlive = sql<boolean>`${connection.expiresAt} > now()`
  const isLeased = sql<boolean>`coalesce(${connection.leaseUntil} > now(), false)`
  const [connectionCounts, failing, unverified, [sessions], [oldest], recent] = await Promise.all([
    db
      .select({ status: connection.status, isAlive, isLeased, total: count() })
      .from(connection)
      .groupBy(connection.status, isAlive, isLeased),
    db
      .select({ reason: connection.lastFailure, total: count() })
      .from(connection)
      .where(and(eq(connection.status, "active"), gt(connection.failures, 0)))
      .groupBy(connection.lastFailure),
    db
      .select({ reason: connection.admissionFailure, total: count() })
      .from(connection)
      // Half a minute after each failure: an old failure without a later visit says nothing about today.
      .where(gt(connection.admissionRetryAt, sql`now() - make_interval(mins => ${RECENT_MINUTES})`))
      .groupBy(connection.admissionFailure),
    db.select({ total: count() }).from(session).where(gt(session.expiresAt, sql`now()`)),
    db
      .select({ age: ageInSeconds(min(connection.issuedAt)) })
      .from(connection)
      .where(and(eq(connection.status, "active"), eq(connection.kind, "oauth2"))),
    db
      .select({ kind: activity.kind, total: count() })
      .from(activity)
      .where(gt(activity.at, sql`now() - make_interval(mins => ${RECENT_MINUTES})`))
      .groupBy(activity.kind),
  ])

  const byState = new Map<string, number>(states.map((state) => [state, 0]))
  for (const { total, ...row } of connectionCounts) {
    const state = connectionState({
      status: row.status === "active" ? "active" : "ended",
      isLeased: row.isLeased,
      remainingSeconds: row.isAlive ? 1 : 0,
    })
    byState.set(state, (byState.get(state) ?? 0) + total)
  }
  return [
    {
      name: "bitbucket_connections",
      help: "Connected Bitbucket accounts by state.",
      samples: samplesOf("state", byState),
    },
    {
      name: "bitbucket_connections_failing",
      help: "Connections whose last refresh failed and which the servers will retry, by reason.",
      samples: samplesOf(
        "reason",
        withZeros(
          failures,
          failing.map(({ reason, total }) => [reason ?? "unknown", total]),
        ),
      ),
    },
    {
      name: "bitbucket_admissions_failing",
      help: "Connections of which Bitbucket has not said lately whether they are still admitted, by reason.",
      samples: samplesOf(
        "reason",
        withZeros(
          admissionFailures,
          unverified.map(({ reason, total }) => [reason ?? "unknown", total]),
        ),
      ),
    },
    {
      name: "bitbucket_oldest_refresh_token_seconds",
      help: "Age of the refresh token that has not been used for longest. Bitbucket lets them die after three months.",
      samples: [{ value: Math.round(oldest?.age ?? 0) }],
    },
    {
      name: "bitbucket_sessions",
      help: "Signed-in browsers.",
      samples: [{ value: sessions?.total ?? 0 }],
    },
    {
      name: "bitbucket_recent_events",
      help: `What happened to accounts in the last ${RECENT_MINUTES} minutes, by kind.`,
      samples: samplesOf(
        "kind",
        withZeros(
          events,
          recent.map(({ kind, total }) => [kind, total]),
        ),
      ),
    },
  ]
}

function ageInSeconds(instant: SQL): SQL<number | null> {
  return sql<number | null>`extract(epoch from now() - ${instant})::float8`
}

function withZeros(known: string[], found: [string, number][]): Map<string, number> {
  return new Map([...known.map((name): [string, number] => [name, 0]), ...found])
}

function samplesOf(label: string, totals: Map<string, number>): Metric["samples"] {
  return [...totals].map(([name, value]) => ({ labels: { [label]: name }, value }))
}
