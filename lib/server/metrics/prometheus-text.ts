/** One metric with its samples. */
export type Metric = {
  name: string
  /** A number read from the database is a gauge: it describes the present. */
  type?: "gauge" | "counter" | "histogram"
  help: string
  /** A histogram's samples carry the suffix of its name. */
  samples: { suffix?: "_bucket" | "_sum" | "_count"; labels?: Record<string, string>; value: number }[]
}

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8"

/** Writes metrics in Prometheus's text format. */
export function formatMetrics(metrics: readonly Metric[]): string {
  return metrics
    .map(({ name, type = "gauge", help, samples }) => {
      const lines = samples.map(
        ({ suffix = "", labels = {}, value }) => `${name}${suffix}${formatLabels(labels)} ${value}`,
      )
      return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n")
    })
    .join("")
}

function formatLabels(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`)
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`
}

function escapeValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
}
