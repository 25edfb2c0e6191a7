import "server-only"
import { diag } from "@opentelemetry/api"
import type { PushMetricExporter } from "@opentelemetry/sdk-metrics"
import { registerOTel } from "@vercel/otel"
import { environment } from "@/lib/env"
import { log } from "@/lib/log"
import { guardedExporter, spanGuard } from "./guard"

/** Sends traces, and measurements where there is one address for both, to the collector of the environment. */
export async function registerTelemetry(): Promise<void> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT } = environment()
  registerOTel({
    serviceName: "sign-in-with-bitbucket",
    // Of `fetch` it would export whole addresses, and send the trace on to Bitbucket.
    instrumentations: [],
    spanProcessors: [spanGuard, "auto"],
    ...(OTEL_EXPORTER_OTLP_ENDPOINT && { metricReaders: [await metricReader()] }),
  })
  sayOnceWhatIsLost()
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
