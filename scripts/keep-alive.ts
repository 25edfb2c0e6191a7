import "./environment-files"
import { connections } from "../lib/connections/connections"
import { type KeepAliveSummary, keepAlive } from "../lib/connections/keep-alive"
import { createMaintenanceStore } from "../lib/connections/maintenance-store"
import { db } from "../lib/db/client"
import { environment } from "../lib/env"
import { readFlags, runOnDatabase } from "./command-line"
import { startProgress } from "./progress"

const usage = `Usage: npm run keep-alive [-- --json]

Renews the connections of DATABASE_URL that nobody has used for KEEP_ALIVE_AFTER_DAYS, at most KEEP_ALIVE_PER_SECOND a
second, so that their refresh tokens do not die of disuse after three months. GET /api/cron/keep-alive does the same, in
rounds of 45 seconds. May be interrupted and repeated.

  --json   one JSON object: {"renewed", "ended", "failed", "outcome"}
  --help   this

Exit codes: 0 done, or being done by somebody else; 1 something could not be renewed or read; 2 wrong usage.`

const outcomes: Record<KeepAliveSummary["outcome"], string> = {
  done: "Done",
  out_of_time: "Out of time",
  stopped_by_failures: "Stopped after ten failures in a row (`npm run doctor` may say why)",
  already_running: "Another server is at it now",
}

const { json } = readFlags(usage, ["json"])
await runOnDatabase(json, async () => {
  const { KEEP_ALIVE_AFTER_DAYS: idleDays, KEEP_ALIVE_PER_SECOND: perSecond } = environment()
  const total = await createMaintenanceStore(db()).countIdle(idleDays)
  const progress = startProgress("Renewing", total)
  const summary = await keepAlive(
    { db: db(), accessTokens: connections().accessTokens },
    {
      idleDays,
      perSecond,
      budgetSeconds: Number.POSITIVE_INFINITY,
      onProgress: ({ renewed, ended, failed }) => progress.update(renewed + ended + failed),
    },
  ).finally(progress.end)
  const { renewed, ended, failed, outcome } = summary
  if (json) console.log(JSON.stringify(summary))
  else console.log(`${outcomes[outcome]}: ${renewed} renewed, ${ended} ended, ${failed} failed.`)
  return failed > 0 || outcome === "stopped_by_failures" ? 1 : 0
})
