import { connections } from "../../lib/accounts/connections"
import { countIdle, type KeepAliveSummary, keepAlive } from "../../lib/accounts/keep-alive"
import { tokenUses } from "../../lib/accounts/token-uses"
import { db } from "../../lib/db/client"
import { environment } from "../../lib/env"
import { type OperatorCommand, printResult } from "./command"
import { startProgress } from "./progress"

const usage = `Usage: npm run ops -- keep-alive [--json]

Refreshes the connections that have been idle for KEEP_ALIVE_AFTER_DAYS, at most KEEP_ALIVE_PER_SECOND a second, because
Bitbucket drops a refresh token after three months without use. GET /api/cron/keep-alive does the same, in rounds of less
than a minute. Ctrl-C or SIGTERM lets the refreshes that have begun finish; the next run does the rest.

  --json   one JSON object: {"refreshed", "ended", "failed", "outcome"}

Exit codes: 0 done, or another run is busy; 1 interrupted, or something could not be refreshed or read; 2 called wrongly.`

const outcomes: Record<KeepAliveSummary["outcome"], string> = {
  done: "Done",
  out_of_time: "Out of time",
  interrupted: "Interrupted",
  stopped_by_failures: "Stopped after ten failures in a row (`npm run doctor` may say why)",
  already_running: "Another run is busy",
}

export const command: OperatorCommand = {
  usage,
  flags: ["json"],
  takesAccount: false,
  async run(given) {
    const interruption = new AbortController()
    // A second signal ends the process immediately, as usual.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interruption.abort())
    const { KEEP_ALIVE_AFTER_DAYS: idleDays, KEEP_ALIVE_PER_SECOND: perSecond } = environment()
    const total = await countIdle(db(), idleDays)
    const progress = startProgress("Refreshing", total)
    const summary = await keepAlive(db(), connections().kept, {
      idleDays,
      perSecond,
      budgetSeconds: Number.POSITIVE_INFINITY,
      signal: interruption.signal,
      onRefreshed: (account) => tokenUses().note(account, "command:keep-alive"),
      onProgress: ({ refreshed, ended, failed }) => progress.update(refreshed + ended + failed),
    }).finally(progress.end)
    await tokenUses().flush()
    const { refreshed, ended, failed, outcome } = summary
    const counts = `${refreshed} refreshed, ${ended} ended, ${failed} failed`
    printResult(given, summary, `${outcomes[outcome]}: ${counts}.`)
    return failed > 0 || outcome === "stopped_by_failures" || outcome === "interrupted" ? 1 : 0
  },
}
