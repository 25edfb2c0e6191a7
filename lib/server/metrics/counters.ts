import { processWide } from "@/lib/server/process-wide"
import type { Metric } from "./prometheus-text"

type Labels = Record<string, string>
type Series = { labels: Labels; total: number; sum: number; buckets: number[] }

const counters = {
  bitbucket_sign_ins_total: "Sign-ins that ended, by outcome.",
  bitbucket_refreshes_total: "Refreshes of an access token, by outcome and by who held the lease.",
  bitbucket_admission_checks_total: "Checks whether an account is still admitted, by Bitbucket's answer.",
} as const

const REQUESTS = "bitbucket_request_duration_seconds"

/** Upper bounds in seconds. @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5]

const allSeries = () => processWide("counters", () => new Map<string, Map<string, Series>>())

/** Counts one event of this process. @param labels must not come from a request: each value makes a new series */
export function count(name: keyof typeof counters, labels: Labels): void {
  seriesOf(name, labels).total++
}

/** Counts one call to Bitbucket. @param labels as for `count` */
export function observeRequest(seconds: number, labels: Labels): void {
  const series = seriesOf(REQUESTS, labels)
  series.total++
  series.sum += seconds
  for (const [index, bound] of BOUNDS.entries())
    if (seconds <= bound) series.buckets[index] = (series.buckets[index] ?? 0) + 1
}

/** What this process has counted since it started. Other servers count separately, and a restart begins at zero. */
export function readCounters(): Metric[] {
  return [
    ...Object.entries(counters).map(([name, help]): Metric => {
      const samples = seriesNamed(name).map(({ labels, total }) => ({ labels, value: total }))
      return { name, type: "counter", help: `${help} Since this server started.`, samples }
    }),
    {
      name: REQUESTS,
      type: "histogram",
      help: "How long calls to Bitbucket took. Since this server started.",
      samples: seriesNamed(REQUESTS).flatMap(({ labels, total, sum, buckets }) => [
        ...BOUNDS.map((bound, index) => ({
          suffix: "_bucket" as const,
          labels: { ...labels, le: String(bound) },
          value: buckets[index] ?? 0,
        })),
        { suffix: "_bucket" as const, labels: { ...labels, le: "+Inf" }, value: total },
        { suffix: "_sum" as const, labels, value: sum },
        { suffix: "_count" as const, labels, value: total },
      ]),
    },
  ]
}

function seriesNamed(name: string): Series[] {
  return [...(allSeries().get(name)?.values() ?? [])]
}

function seriesOf(name: string, labels: Labels): Series {
  const ofName = allSeries().get(name) ?? new Map<string, Series>()
  allSeries().set(name, ofName)
  const key = JSON.stringify(Object.entries(labels).sort())
  const series = ofName.get(key) ?? { labels, total: 0, sum: 0, buckets: [] }
  ofName.set(key, series)
  return series
}
