import { isBearer } from "@/lib/bearer-secret"
import { connections } from "@/lib/connections/connections"
import { keepAlive } from "@/lib/connections/keep-alive"
import { db } from "@/lib/db/client"
import { deleteWhatIsOver } from "@/lib/delete-what-is-over"
import { environment } from "@/lib/env"
import { log } from "@/lib/log"

/** Below the shortest limit that a function of Vercel's has; what is left is renewed by the next call. */
const BUDGET_SECONDS = 45

export const maxDuration = 60

/**
 * Called by a scheduler, once a day or more: deletes what is over (sessions, connections that nobody wants any
 * more, old activity, states of old sign-ins, counts of requests), then renews idle connections before their refresh
 * tokens die of disuse.
 */
export async function GET(request: Request): Promise<Response> {
  const { CRON_SECRET, KEEP_ALIVE_AFTER_DAYS, KEEP_ALIVE_PER_SECOND } = environment()
  if (!isBearer(request, CRON_SECRET))
    return Response.json({ error: "unauthorized" }, { status: 401, headers: noStore })
  // Tokens do not wait for the tidying up: those that are not renewed in time are lost.
  const deleted = await deleteWhatIsOver(db()).catch(() => {
    log.error("not_pruned")
    return null
  })
  const summary = await keepAlive(
    { db: db(), accessTokens: connections().accessTokens },
    { idleDays: KEEP_ALIVE_AFTER_DAYS, perSecond: KEEP_ALIVE_PER_SECOND, budgetSeconds: BUDGET_SECONDS },
  )
  return Response.json({ ...summary, deleted }, { headers: noStore })
}

const noStore = { "cache-control": "no-store" }
