import "server-only"
import { trace } from "@opentelemetry/api"
import type { ConnectionEvent } from "auth-bitbucket/connections"
import { reportFailure } from "@/lib/server/failure-report"
import { log } from "@/lib/server/log"
import { count } from "@/lib/server/metrics/counters"
import { inSpan, spanOfStatement } from "@/lib/server/telemetry/spans"
import { activities } from "./activity"
import { type TokenPurpose, tokenUses } from "./token-uses"

/** Runs a refresh in a span, which `recordConnectionEvent` describes when it ends. */
export function inRefreshSpan<Result>(refresh: () => Promise<Result>): Promise<Result> {
  return inSpan("bitbucket.refresh", refresh)
}

/** Records what happened to a connection in the log, the trace, the metrics and the user's activity. */
export async function recordConnectionEvent(event: ConnectionEvent): Promise<void> {
  switch (event.type) {
    case "store_called":
      return spanOfStatement("connection", event.operation, event.durationMs, event.error)
    case "refresh_succeeded":
      log.info("connection_refreshed", { account: event.account, durationMs: event.durationMs })
      return activities().record(event.account, "renewed")
    case "refresh_superseded":
      log.info("connection_refresh_superseded", { account: event.account, durationMs: event.durationMs })
      return
    case "refresh_failed":
      logFailure(event)
      // One entry is enough for an outage.
      if (event.isFirst) await activities().record(event.account, "renewal_failed", event.reason)
      return
    case "refresh_not_stored":
      reportFailure("connection_refresh_not_stored", event.cause, { attempt: event.attempt })
      return
    case "refresh_broke":
      reportFailure("connection_refresh_failed", event.cause, { account: event.account })
      return
    case "refresh_ended":
      return measure(event)
    case "connection_ended":
      log.warn("connection_dead", { account: event.account, reason: event.reason })
      return activities().record(event.account, "connection_ended", event.reason)
    case "token_served":
      // Callers in this app pass a `TokenPurpose`, or none if they only refresh the token.
      if (event.purpose !== undefined) tokenUses().note(event.account, event.purpose as TokenPurpose)
      return
  }
}

function logFailure({ account, reason, status }: Extract<ConnectionEvent, { type: "refresh_failed" }>): void {
  const fields = { account, reason, ...(status !== undefined && { status }) }
  if (reason === "operator_fault") log.error("oauth_client_refused", fields)
  else if (reason === "tokens_unreadable") log.error("connection_refresh_failed", fields)
  else log.warn("connection_refresh_failed", fields)
}

function measure({ outcome, lease, attempts, waitMs }: Extract<ConnectionEvent, { type: "refresh_ended" }>) {
  trace.getActiveSpan()?.setAttributes({
    "bitbucket.outcome": outcome,
    "bitbucket.refresh.lease": lease,
    "bitbucket.refresh.attempt": attempts,
    "bitbucket.refresh.wait_ms": waitMs,
  })
  count("bitbucket_refreshes_total", { outcome, lease })
}
