import { markdownTable } from "../../scripts/markdown-table"
import { percentile } from "../refresh/outcome"
import { machineInWords } from "../side-by-side/cores"
import { median, medianRatio } from "../side-by-side/section"
import { LATENCY_MS } from "./crowd"
import type { DatabaseCounters } from "./database-cost"
import type { Expiry } from "./expiry"

/** How long each call took in a round, in milliseconds, for the small crowd and for the large one. */
export type Comparison = { smallMs: number[]; largeMs: number[] }

export type ScaleResult = {
  measuredAt: string
  settings: { minutes: number; connections: number; active: number; servers: number; tokenLength: number }
  seconds: number
  seedSeconds: number
  comparison: readonly Comparison[]
  expiries: readonly Expiry[]
  before: DatabaseCounters
  after: DatabaseCounters
}

const LARGEST_P99_RATIO = 1.2

/** The tables in Markdown, the numbers without the individual waits, and the targets that were missed. */
export function reportOf(result: ScaleResult): { text: string; summary: object; misses: string[] } {
  const { settings, expiries, before, after, seconds, seedSeconds, measuredAt } = result
  const size = count(settings.connections)
  const growth = growthOf(result.comparison)
  const calm = expiries.filter(({ hasKills }) => !hasKills)
  const killed = expiries.filter(({ hasKills }) => hasKills)
  const perExpiry = (some: readonly Expiry[]) =>
    sum(some, (one) => one.refreshes) / (some.length * settings.active)
  const failures = sum(expiries, (one) => sum(Object.values(one.failures), (times) => times))
  const targets: [string, string, boolean][] = [
    ["refreshes per expiry, no server killed", `${perExpiry(calm).toFixed(4)} (= 1)`, perExpiry(calm) === 1],
    [
      "refreshes per expiry, servers killed",
      `${perExpiry(killed).toFixed(4)}: ${count(sum(killed, (one) => one.refreshes - settings.active))} more than 1, by holders that were killed while they asked`,
      sum(killed, (one) => one.unexplained) === 0 && perExpiry(killed) >= 1,
    ],
    [
      "connections ended or left expired",
      `${sum(expiries, (one) => one.ended)} (= 0)`,
      sum(expiries, (one) => one.ended) === 0,
    ],
    ["callers that got an error", `${failures} (= 0)`, failures === 0],
    [
      `p99 of \`getToken\`, ${size} connections over 1,000`,
      `${growth.ratio.toFixed(2)} (≤ ${LARGEST_P99_RATIO})`,
      growth.ratio <= LARGEST_P99_RATIO,
    ],
  ]
  const refreshes = sum(calm, (one) => one.refreshes)
  const perRefresh = (of: (one: Expiry) => number) => sum(calm, of) / refreshes
  const calmMemory = calm.flatMap(({ memoryMb }) => memoryMb)
  const verbs = ["select", "update"].map(
    (verb) => `${perRefresh((one) => one.statements[verb] ?? 0).toFixed(2)} ${verb}`,
  )
  const costs: [string, string][] = [
    [
      "statements that the servers sent, per refresh",
      `${verbs.join(", ")}, at ${perRefresh((one) => one.calls).toFixed(1)} calls of \`getToken\``,
    ],
    ["transactions that Postgres counted, per refresh", perRefresh((one) => one.transactions).toFixed(2)],
    [
      "rows updated, per refresh",
      `${perRefresh((one) => one.updates).toFixed(2)}, ${perRefresh((one) => one.hotUpdates).toFixed(2)} of them without touching an index`,
    ],
    ["WAL, per refresh", `${(perRefresh((one) => one.walBytes) / 1_024).toFixed(1)} kB`],
    [
      "table, before and after all expiries",
      `${megabytes(before.tableBytes)}, ${megabytes(after.tableBytes)}`,
    ],
    ["indexes, before and after", `${megabytes(before.indexBytes)}, ${megabytes(after.indexBytes)}`],
    ["dead rows that autovacuum has not removed", count(after.deadRows)],
    [
      "memory of a server (resident set), median and most",
      `${median(calmMemory).toFixed(0)} MB, ${Math.max(...calmMemory).toFixed(0)} MB`,
    ],
  ]
  const rows = expiries.map((one, index) => [
    String(index + 1),
    one.hasKills ? `${one.kills}, which interrupted ${one.interrupted} refreshes` : "none",
    count(one.refreshes),
    String(one.repeated),
    String(one.ended),
    `${count(Math.round(one.calls / one.seconds))}/s`,
    ...quantiles(one.validMs),
    ...quantiles(one.expiredMs),
    count(one.waits),
  ])
  const text = [
    `${measuredAt}, ${machineInWords(false)}. ${seconds} seconds in all, ${seedSeconds} of them to seal and store ${size} connections.`,
    `${settings.servers} server processes with nothing but \`auth-bitbucket\` and a pool of four connections to PgBouncer in transaction mode; ` +
      `the emulator as a process of its own, which takes ${LATENCY_MS} ms for an answer. All ${size} connections have sealed tokens of ${settings.tokenLength} characters in the table; ` +
      `${count(settings.active)} of them expire and are refreshed at the emulator, whose clock moves by two hours each time, and the rows' times with it. ` +
      "Four servers ask for each of these at about the same time; after each call, the server also asks for any other connection.",
    markdownTable(
      ["Target", "Measured", "Result"],
      targets.map(([name, measured, isMet]) => [name, measured, isMet ? "PASS" : "MISS"]),
    ),
    markdownTable(
      [
        "Expiry",
        "Servers killed",
        "Refreshes",
        "Repeated",
        "Ended",
        "getToken",
        "Valid p50",
        "Valid p99",
        "Expired p50",
        "Expired p99",
        "Came back",
      ],
      rows,
    ),
    `Valid, expired: how long a caller waited whose token was valid, or had expired when the expiry began. Came back: callers that were told to wait, mostly for the lease of a killed server (15 s), and asked again a second later; their waits count in full. At ${count(1_000)} connections and at ${size}, in turn, nothing else running: p50 ${milliseconds(growth.small.p50)} and ${milliseconds(growth.large.p50)}, p99 ${milliseconds(growth.small.p99)} and ${milliseconds(growth.large.p99)}.`,
    markdownTable(["What the database pays, no server killed", "Measured"], costs),
  ].join("\n\n")
  return {
    text,
    summary: { ...result, comparison: growth, expiries: expiries.map(summarised) },
    misses: targets.filter(([, , isMet]) => !isMet).map(([name]) => name),
  }
}

function growthOf(rounds: readonly Comparison[]) {
  const of = (side: keyof Comparison, share: number) => rounds.map((round) => percentile(round[side], share))
  const [smallP99, largeP99] = [of("smallMs", 0.99), of("largeMs", 0.99)]
  return {
    small: { p50: median(of("smallMs", 0.5)), p99: median(smallP99) },
    large: { p50: median(of("largeMs", 0.5)), p99: median(largeP99) },
    ratio: medianRatio(largeP99, smallP99),
  }
}

/** Leaves out the thousands of individual waits. */
function summarised({ expiredMs, validMs, ...expiry }: Expiry) {
  const summary = (waits: readonly number[]) => ({
    p50: percentile(waits, 0.5),
    p99: percentile(waits, 0.99),
  })
  return { ...expiry, expiredMs: summary(expiredMs), validMs: summary(validMs) }
}

function quantiles(waits: readonly number[]): string[] {
  return [milliseconds(percentile(waits, 0.5)), milliseconds(percentile(waits, 0.99))]
}

function sum<Value>(values: readonly Value[], of: (value: Value) => number): number {
  return values.reduce((total, value) => total + of(value), 0)
}

const count = (value: number) => value.toLocaleString("en")
const megabytes = (bytes: number) => `${count(Math.round(bytes / 2 ** 20))} MB`
const milliseconds = (ms: number) => (ms < 100 ? `${ms.toFixed(2)} ms` : `${count(Math.round(ms))} ms`)
