import { type Span, SpanKind, type SpanOptions, SpanStatusCode, trace } from "@opentelemetry/api"
import { failureCode } from "@/lib/server/failure-report"
import { count } from "@/lib/server/metrics/counters"

/** The instrumentation scope of this app's spans. Where no exporter is registered, a span does nothing. */
const SCOPE = "sign-in-with-bitbucket"

export type SpanName =
  | "bitbucket.authorize"
  | "bitbucket.callback"
  | "bitbucket.refresh"
  | "bitbucket.request"
  | `store.${string}`

/** Runs something as one step of a trace, which ends when it has. What it throws is named there by its kind. */
export function inSpan<Result>(
  name: SpanName,
  run: (span: Span) => Promise<Result>,
  options: SpanOptions = {},
): Promise<Result> {
  return trace.getTracer(SCOPE).startActiveSpan(name, options, async (span) => {
    try {
      return await run(span)
    } catch (error) {
      noteFailure(span, failureCode(error))
      throw error
    } finally {
      span.end()
    }
  })
}

/** Marks a span as failed. @param type the kind of failure, never its message */
export function noteFailure(span: Span | undefined, type: string): void {
  span?.setAttribute("error.type", type).setStatus({ code: SpanStatusCode.ERROR })
}

/** Records how a sign-in ended, in the span that it ran in and in the counter. */
export function signInEnded(outcome: string): void {
  trace.getActiveSpan()?.setAttribute("bitbucket.outcome", outcome)
  count("bitbucket_sign_ins_total", { outcome })
}

/** Adds a statement that has ended to the trace, by its name and nothing of what it was given. */
export function spanOfStatement(
  store: "connection" | "session",
  operation: string,
  durationMs: number,
  error?: unknown,
): void {
  const attributes = { "db.system.name": "postgresql", "db.operation.name": operation }
  const now = Date.now()
  const span = trace.getTracer(SCOPE).startSpan(`store.${store}.${operation}`, {
    kind: SpanKind.CLIENT,
    attributes,
    startTime: now - durationMs,
  })
  if (error !== undefined) noteFailure(span, failureCode(error))
  span.end(now)
}
