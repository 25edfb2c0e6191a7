import "server-only"
import { trace } from "@opentelemetry/api"
import { isDatabaseUnreachable } from "@/lib/db/errors"
import { noteFailure } from "@/lib/server/telemetry/spans"
import { failureCode, originOf, reportFailure } from "./failure-report"
import { noStore } from "./response-headers"

const RETRY_AFTER_SECONDS = "5"

/**
 * Reports a failure for which a route handler has no answer of its own.
 *
 * @returns 503 `database_unavailable` if the database cannot be reached, otherwise 500 `internal_error` with the id of
 *   its line in the log
 */
export function failureResponse(error: unknown): Response {
  if (!isDatabaseUnreachable(originOf(error))) {
    const id = reportFailure("request_failed", error)
    noteFailure(trace.getActiveSpan(), failureCode(originOf(error)))
    return Response.json({ error: "internal_error", id }, { status: 500, headers: noStore })
  }
  reportFailure("database_unavailable", error)
  const headers = { ...noStore, "retry-after": RETRY_AFTER_SECONDS }
  return Response.json({ error: "database_unavailable" }, { status: 503, headers })
}
