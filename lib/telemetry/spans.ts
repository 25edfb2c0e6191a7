import { type Span, type SpanOptions, SpanStatusCode, trace } from "@opentelemetry/api"

/** Of the spans and instruments of this app; where nothing is registered, all of them do nothing. */
export const SCOPE = "sign-in-with-bitbucket"

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
      noteFailure(span, errorType(error))
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

/** The kind of an error: a code of ours, else its class. Never its message, which may hold anything. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return "unknown"
  const isOurs = "code" in error && typeof error.code === "string" && /^[a-z_]+$/.test(error.code)
  return isOurs ? String(error.code) : error.name
}
