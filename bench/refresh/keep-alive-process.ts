import { connections } from "@/lib/accounts/connections"
import { type KeepAliveSummary, keepAlive } from "@/lib/accounts/keep-alive"
import { db } from "@/lib/db/client"

export type KeepAliveOrder = { perSecond: number; budgetSeconds: number }

export type KeepAliveReport = {
  refreshed: number
  /** Of the whole process, in kB. */
  rss: number
  /** Still in use after a garbage collection, in kB. */
  heap: number
  /** Only in the last report. */
  summary?: KeepAliveSummary
}

const REPORT_EVERY = 250

/** The keep-alive job of one server, with its rate and its time limit. */
process.once("message", async (order: KeepAliveOrder) => {
  const summary = await keepAlive(db(), connections().kept, {
    ...order,
    idleDays: 30,
    onProgress: ({ refreshed }) => {
      if (refreshed > 0 && refreshed % REPORT_EVERY === 0) report(refreshed)
    },
  })
  report(summary.refreshed, summary)
})
process.on("disconnect", () => process.exit())
process.send?.("ready")

function report(refreshed: number, summary?: KeepAliveSummary): void {
  global.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  const message = { refreshed, rss: rss / 1_024, heap: heapUsed / 1_024, ...(summary && { summary }) }
  process.send?.(message satisfies KeepAliveReport)
}
