import "server-only"
import { diag, type ProxyTracerProvider, trace } from "@opentelemetry/api"
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics"
import type { BasicTracerProvider } from "@opentelemetry/sdk-trace-base"
import { registerOTel } from "@vercel/otel"
import { environment } from "@/lib/env"
import { log } from "@/lib/server/log"
import { guardedExporter, spanGuard } from "./guard"

/**
 * Sends traces, and measurements where there is one address for both, to the collector of the environment.
 *
 * @returns what sends at once all that has not been sent yet
 */
export async function registerTelemetry(): Promise<() => Promise<void>> {
  const reader = environment().OTEL_EXPORTER_OTLP_ENDPOINT ? await metricReader() : undefined
  registerOTel({
    serviceName: "sign-in-with-bitbucket",
    // Of `fetch` it would export whole addresses, and send the trace on to Bitbucket.
    instrumentations: [],
    spanProcessors: [spanGuard, "auto"],
    ...(reader && { metricReaders: [reader] }),
  })
  sayOnceWhatIsLost()
  return async () => {
    await Promise.allSettled([flushSpans(), reader?.forceFlush()])
  }
}

/** `@vercel/otel` keeps its provider to itself; the API gives it out behind a proxy. */
async function flushSpans(): Promise<void> {
  const proxy = trace.getTracerProvider() as ProxyTracerProvider
  await (proxy.getDelegate() as BasicTracerProvider).forceFlush()
}

async function metricReader() {
  const { PeriodicExportingMetricReader } = await import("@opentelemetry/sdk-metrics")
  return new PeriodicExportingMetricReader({
    exporter: guardedExporter(await metricExporter()),
    exportIntervalMillis: environment().OTEL_METRIC_EXPORT_INTERVAL,
    exportTimeoutMillis: Math.min(environment().OTEL_METRIC_EXPORT_INTERVAL, 30_000),
  })
}

async function metricExporter(): Promise<PushMetricExporter> {
  if (environment().OTEL_EXPORTER_OTLP_PROTOCOL === "http/json") {
    const { OTLPMetricExporter } = await import("@opentelemetry/exporter-metrics-otlp-http")
    return new OTLPMetricExporter()
  }
  const { OTLPMetricExporter } = await import("@opentelemetry/exporter-metrics-otlp-proto")
  return new OTLPMetricExporter()
}

/** A collector that does not answer keeps nobody from signing in; whoever runs the app should know of it once. */
function sayOnceWhatIsLost(): void {
  let isSaid = false
  const quiet = () => undefined
  diag.setLogger(
    {
      error() {
        if (!isSaid) log.warn("telemetry_not_delivered")
        isSaid = true
      },
      warn: quiet,
      info: quiet,
      debug: quiet,
      verbose: quiet,
    },
    { suppressOverrideMessage: true },
  )
}
