import { type Span, SpanKind, type SpanOptions, SpanStatusCode, trace } from "@opentelemetry/api"
import { failureCode } from "@/lib/server/failure-report"
import { count } from "@/lib/server/metrics/counters"

/** The instrumentation scope of this app's spans. If no exporter is registered, a span does nothing. */
const SCOPE = "sign-in-with-bitbucket"

export type SpanName =
  | "bitbucket.authorize"
  | "bitbucket.callback"
  | "bitbucket.refresh"
  | "bitbucket.request"
  | `store.${string}`

/** Runs something in a span, which ends when it does. If it throws, the span records the kind of failure. */
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

/** Adds a completed statement to the trace, with its name but none of its values. */
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
