import "server-only"
import { diag, type ProxyTracerProvider, trace } from "@opentelemetry/api"
import type { BasicTracerProvider } from "@opentelemetry/sdk-trace-base"
import { registerOTel } from "@vercel/otel"
import { log } from "@/lib/server/log"
import { spanGuard } from "./guard"

/**
 * Sends traces to the collector that the environment names. Metrics are `GET /api/metrics`: see
 * docs/decisions/025-one-metrics-pipeline.md.
 *
 * @returns a function that sends everything not sent yet, and never fails
 */
export function registerTelemetry(): () => Promise<void> {
  registerOTel({
    serviceName: "sign-in-with-bitbucket",
    // Of `fetch` it would export whole addresses, and send the trace on to Bitbucket.
    instrumentations: [],
    spanProcessors: [spanGuard, "auto"],
  })
  reportUndeliveredOnce()
  return () => flushSpans().catch(() => undefined)
}

/** `@vercel/otel` keeps its provider to itself; the API gives it out behind a proxy. */
async function flushSpans(): Promise<void> {
  const proxy = trace.getTracerProvider() as ProxyTracerProvider
  await (proxy.getDelegate() as BasicTracerProvider).forceFlush()
}

/** A collector that does not answer must not disturb a sign-in. The log says so once. */
function reportUndeliveredOnce(): void {
  let isReported = false
  const quiet = () => undefined
  diag.setLogger(
    {
      error() {
        if (!isReported) log.warn("telemetry_not_delivered")
        isReported = true
      },
      warn: quiet,
      info: quiet,
      debug: quiet,
      verbose: quiet,
    },
    { suppressOverrideMessage: true },
  )
}
