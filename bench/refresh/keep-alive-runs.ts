import { once } from "node:events"
import { sql } from "drizzle-orm"
import { connection, taskLease } from "../../lib/db/schema"
import { nextMessage, startProcess } from "./fleet"
import type { KeepAliveOrder, KeepAliveReport } from "./keep-alive-process"
import { refreshRequests } from "./people"
import type { Stage } from "./stage"

/**
 * Runs the keep-alive on a separate server, with explicit garbage collection so that its memory can be measured.
 *
 * @param killAfter refreshes after which that server is killed
 * @returns its reports; the last contains the summary, unless the server was killed
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
    if (report.refreshed >= killAfter) child.kill("SIGKILL")
    else if (report.summary) child.disconnect()
  })
  child.send(order)
  await ended
  return reports
}

/** The arrival time of each refresh request since the last call. No requests may be in progress: it would lose them. */
export async function takeArrivals(stage: Stage): Promise<number[]> {
  const requests = await refreshRequests(stage)
  await stage.bitbucket.clearRequests()
  return requests.map(({ at }) => Date.parse(at))
}

/** The refreshes in progress on a killed server. */
export async function countLeased({ db }: Stage): Promise<number> {
  const { rows } = await db.execute<{ leased: number }>(
    sql`select count(*)::int as leased from ${connection} where lease_until is not null`,
  )
  return rows[0]?.leased ?? 0
}

/** Skips the minute after which a killed server's leases have all ended. */
export async function skipLeases({ db }: Stage): Promise<void> {
  await db.execute(sql`update ${taskLease} set lease_until = lease_until - interval '1 minute'`)
  await db.execute(sql`update ${connection} set lease_until = lease_until - interval '1 minute'`)
}

/** @param arrivals in milliseconds, in order. @returns the maximum within any second */
export function busiestSecond(arrivals: readonly number[]): number {
  let busiest = 0
  let from = 0
  for (const [to, arrival] of arrivals.entries()) {
    while (arrival - (arrivals[from] ?? 0) >= 1_000) from++
    busiest = Math.max(busiest, to - from + 1)
  }
  return busiest
}
