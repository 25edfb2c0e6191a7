/** One metric with its samples. All are gauges: what is stored says how things are now. */
export type Metric = {
  name: string
  help: string
  samples: { labels?: Record<string, string>; value: number }[]
}

/** @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8"

/** Metrics as Prometheus reads them. */
export function formatMetrics(metrics: readonly Metric[]): string {
  return metrics
    .map(({ name, help, samples }) => {
      const lines = samples.map(({ labels = {}, value }) => `${name}${formatLabels(labels)} ${value}`)
      return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines, ""].join("\n")
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
