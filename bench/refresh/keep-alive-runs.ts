import { once } from "node:events"
import { sql } from "drizzle-orm"
import { connection, taskLease } from "../../lib/db/schema"
import { nextMessage, startProcess } from "./fleet"
import type { KeepAliveOrder, KeepAliveReport } from "./keep-alive-process"
import { refreshRequests } from "./people"
import type { Stage } from "./stage"

/**
 * Has a server of its own run the keep-alive, with the garbage collector at hand so that its memory can be told.
 *
 * @param killAfter renewals after which that server is killed
 * @returns its reports; the last holds the summary, unless it was killed
 */
export async function runKeepAlive(
  stage: Stage,
  order: KeepAliveOrder,
  killAfter = Number.POSITIVE_INFINITY,
): Promise<KeepAliveReport[]> {
  const child = startProcess("keep-alive-process.ts", stage.environment, ["--expose-gc"])
  await nextMessage(child)
  const reports: KeepAliveReport[] = []
  const ended = once(child, "exit")
  child.on("message", (report: KeepAliveReport) => {
    reports.push(report)
    if (report.renewed >= killAfter) child.kill("SIGKILL")
    else if (report.summary) child.disconnect()
  })
  child.send(order)
  await ended
  return reports
}

/** When each refresh request since the last look arrived. Nobody may be sending any: what comes between is lost. */
export async function takeArrivals(stage: Stage): Promise<number[]> {
  const requests = await refreshRequests(stage)
  await stage.bitbucket.clearRequests()
  return requests.map(({ at }) => Date.parse(at))
}

/** The renewals that a killed server was at. */
export async function countLeased({ db }: Stage): Promise<number> {
  const { rows } = await db.execute<{ leased: number }>(
    sql`select count(*)::int as leased from ${connection} where lease_until is not null`,
  )
  return rows[0]?.leased ?? 0
}

/** The minute after which a killed server's leases have all ended, without the wait. */
export async function skipLeases({ db }: Stage): Promise<void> {
  await db.execute(sql`update ${taskLease} set lease_until = lease_until - interval '1 minute'`)
  await db.execute(sql`update ${connection} set lease_until = lease_until - interval '1 minute'`)
}

/** @param arrivals in milliseconds, in their order. @returns the most within any second */
export function busiestSecond(arrivals: readonly number[]): number {
  let busiest = 0
  let from = 0
  for (const [to, arrival] of arrivals.entries()) {
    while (arrival - (arrivals[from] ?? 0) >= 1_000) from++
    busiest = Math.max(busiest, to - from + 1)
  }
  return busiest
}
