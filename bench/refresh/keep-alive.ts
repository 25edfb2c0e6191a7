import { sql } from "drizzle-orm"
import { connection } from "../../lib/db/schema"
import { connectIdle } from "./idle-connections"
import type { KeepAliveReport } from "./keep-alive-process"
import { busiestSecond, countLeased, runKeepAlive, skipLeases, takeArrivals } from "./keep-alive-runs"
import { missesOf, type Outcome, sum } from "./outcome"
import type { Stage } from "./stage"

const CONNECTIONS = 10_000
const PER_SECOND = 300
const KILLED_AFTER = 2_500
const BUDGET_SECONDS = 8
/** Keeps several refreshes in progress at a time, so that the kill interrupts some. */
const PROVIDER_MS = 15
const MOST_HEAP_KB_PER_1000 = 500

/** Does keeping ten thousand connections alive spare Bitbucket and the server, even after an interruption? */
export async function keepAliveAtScale(stage: Stage): Promise<Outcome> {
  await connectIdle(stage, CONNECTIONS)
  await stage.bitbucket.changeConfig({ latency_ms: PROVIDER_MS })
  const order = { perSecond: PER_SECOND, budgetSeconds: 120 }

  const killed = await runKeepAlive(stage, order, KILLED_AFTER)
  const lost = await countLeased(stage)
  const arrivals = await takeArrivals(stage)
  const tooEarly = await runKeepAlive(stage, order)
  await skipLeases(stage)
  const outOfTime = await runKeepAlive(stage, { ...order, budgetSeconds: BUDGET_SECONDS })
  arrivals.push(...(await takeArrivals(stage)))
  const last = await runKeepAlive(stage, order)
  arrivals.push(...(await takeArrivals(stage)))

  const outcomes = [tooEarly, outOfTime, last].map((reports) => reports.at(-1)?.summary?.outcome)
  const failed = sum([outOfTime, last].map((reports) => reports.at(-1)?.summary?.failed ?? 0))
  const [once, signOuts] = await countRefreshed(stage)
  const busiest = busiestSecond(arrivals)
  const heapGrowth = growthPer1000(last, ({ heap }) => heap)
  const rssGrowth = growthPer1000(last, ({ rss }) => rss)
  return {
    scenario: "10,000 connections due at once in keep-alive",
    load: `at most ${PER_SECOND}/s; killed after ${killed.at(-1)?.refreshed}, out of time, resumed; provider ${PROVIDER_MS} ms`,
    target: "provider sees no more than the configured rate; memory flat; none refreshed twice",
    callsPerRotation: arrivals.length / CONNECTIONS,
    signOuts,
    failedCallers: failed,
    waitsMs: [],
    notes: [
      `runs: killed, ${outcomes.join(", ").replaceAll("_", " ")}; the minute until a dead server's leases end was skipped`,
      `${once} refreshed exactly once; ${arrivals.length} provider calls, ${lost} refreshes were in progress at the kill`,
      `the busiest second saw ${busiest} calls`,
      `memory of the last run (${last.at(-1)?.refreshed} refreshes): heap ${signed(heapGrowth)} kB, resident ${signed(rssGrowth)} kB per 1,000 refreshes`,
    ],
    misses: missesOf({
      "every connection refreshed exactly once": once === CONNECTIONS && signOuts === 0,
      "no provider call except those in progress at the kill": arrivals.length <= CONNECTIONS + lost,
      "a second server keeps away": outcomes[0] === "already_running",
      "interrupted by its budget, then done": outcomes[1] === "out_of_time" && outcomes[2] === "done",
      [`≤ ${PER_SECOND} calls in any second`]: busiest <= PER_SECOND,
      [`heap grows by less than ${MOST_HEAP_KB_PER_1000} kB per 1,000`]: heapGrowth < MOST_HEAP_KB_PER_1000,
    }),
  }
}

/** @returns how many connections have their second pair of tokens, and how many ended */
async function countRefreshed({ db }: Stage): Promise<[number, number]> {
  const { rows } = await db.execute<{ once: number; ended: number }>(sql`
    select (count(*) filter (where version = 2 and status = 'active'))::int as once,
           (count(*) filter (where status <> 'active'))::int as ended
      from ${connection}`)
  return [rows[0]?.once ?? 0, rows[0]?.ended ?? 0]
}

/**
 * The slope of the least-squares line through the reports. It leaves out the first two thousand refreshes: while they
 * run, a server's memory still grows to the size that its work needs.
 */
function growthPer1000(reports: readonly KeepAliveReport[], of: (report: KeepAliveReport) => number): number {
  const points = reports.filter(({ refreshed }) => refreshed > 2_000)
  const meanX = sum(points.map(({ refreshed }) => refreshed)) / points.length
  const meanY = sum(points.map(of)) / points.length
  const rise = sum(points.map((point) => (point.refreshed - meanX) * (of(point) - meanY)))
  return (rise / sum(points.map(({ refreshed }) => (refreshed - meanX) ** 2))) * 1_000
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(0)}`
}
