import { markdownTable } from "../../scripts/markdown-table"
import { type Comparison, type FaultSeen, type Outcome, percentile } from "./outcome"

const columns = [
  "Scenario",
  "Load",
  "Calls per rotation",
  "Sign-outs",
  "Failed",
  "p50",
  "p99",
  "Target",
  "Result",
]

const comparedColumns = [
  "App",
  "Rotation",
  "Refreshes at Bitbucket",
  "Failed pages",
  "Signed in at the next view",
  "Slowest page",
]

const faultColumns = [
  "Fault between the app and its database",
  "Pages as ever",
  "Last known profile",
  '"Database unavailable" (503)',
  "Longest answer",
  "Recovered after its end",
  "Sign-outs",
  "Lost refresh tokens",
]

/** One line per outcome, as it arrives. */
export function describeOutcome(outcome: Outcome): string {
  const { scenario, load, target, notes, misses } = outcome
  const [, , calls, signOuts, failed, p50, p99] = cells(outcome)
  const verdict = misses.length === 0 ? "PASS" : `MISS  ${misses.join("; ")}`
  return [
    `${scenario}: ${load}`,
    `  provider calls per rotation ${calls}, sign-outs ${signOuts}, failed callers ${failed}, wait p50 ${p50}, p99 ${p99}`,
    ...notes.map((note) => `  ${note}`),
    `  target ${target}`,
    `  ${verdict}`,
  ].join("\n")
}

/** Markdown: all outcomes, and the comparison. */
export function tablesOf(outcomes: readonly Outcome[]): string {
  const comparisons = outcomes.flatMap((outcome) => outcome.comparisons ?? [])
  const tables = [markdownTable(columns, outcomes.map(cells))]
  if (comparisons.length > 0) tables.push(markdownTable(comparedColumns, comparisons.map(comparedCells)))
  const faults = outcomes.flatMap((outcome) => outcome.databaseFaults ?? [])
  if (faults.length > 0) tables.push(markdownTable(faultColumns, faults.map(faultCells)))
  return tables.join("\n\n")
}

function faultCells({ fault, longestMs, recoveredAfterMs, ...seen }: FaultSeen): string[] {
  const { pages, lastKnownProfiles, databaseUnavailable, signOuts, lostRefreshTokens } = seen
  return [
    fault,
    ...[pages, lastKnownProfiles, databaseUnavailable].map(String),
    ...[longestMs, recoveredAfterMs].map(seconds),
    String(signOuts),
    String(lostRefreshTokens),
  ]
}

function seconds(milliseconds: number): string {
  return milliseconds === 0 ? "immediately" : `${(milliseconds / 1_000).toFixed(1)} s`
}

function comparedCells({ app, rotation, ...measured }: Comparison): string[] {
  const { refreshes, failedPages, isStillSignedIn, waitsMs } = measured
  return [
    app,
    rotation,
    String(refreshes),
    `${failedPages} of ${waitsMs.length}`,
    isStillSignedIn ? "yes" : "no",
    milliseconds(Math.max(...waitsMs)),
  ]
}

function cells({ scenario, load, target, ...measured }: Outcome): string[] {
  const { callsPerRotation, signOuts, failedCallers, waitsMs, misses } = measured
  return [
    scenario,
    load,
    callsPerRotation === null ? "–" : callsPerRotation.toFixed(2),
    String(signOuts),
    String(failedCallers),
    ...[0.5, 0.99].map((share) => milliseconds(percentile(waitsMs, share))),
    target,
    misses.length === 0 ? "PASS" : "MISS",
  ]
}

function milliseconds(value: number): string {
  if (Number.isNaN(value)) return "–"
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`
}
