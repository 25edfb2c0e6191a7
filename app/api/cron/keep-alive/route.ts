import { connections } from "@/lib/accounts/connections"
import { keepAlive } from "@/lib/accounts/keep-alive"
import { tokenUses } from "@/lib/accounts/token-uses"
import { db } from "@/lib/db/client"
import { environment } from "@/lib/env"
import { isBearer } from "@/lib/server/bearer-secret"
import { drainSignal } from "@/lib/server/drain"
import { reportFailure } from "@/lib/server/failure-report"
import { failureResponse } from "@/lib/server/failure-response"
import { deleteExpiredRows } from "@/lib/sessions/delete-expired-rows"

/** A token that is not refreshed in time is lost, so refreshing comes first and gets most of the time. */
const REFRESH_SECONDS = 40
/** Starts no further batch after this, so that the last statement still ends before `maxDuration`. */
const TOTAL_SECONDS = 50

export const maxDuration = 60

/**
 * A scheduler calls this once a day or more often. It refreshes idle connections before their refresh tokens expire
 * unused, then deletes expired rows in the time that is left. On SIGTERM it stops between two of either.
 */
export async function GET(request: Request): Promise<Response> {
  const { CRON_SECRET, KEEP_ALIVE_AFTER_DAYS, KEEP_ALIVE_PER_SECOND } = environment()
  if (!isBearer(request, CRON_SECRET))
    return Response.json({ error: "unauthorized" }, { status: 401, headers: noStore })
  const signal = drainSignal()
  const endsAt = performance.now() + TOTAL_SECONDS * 1_000
  const mayContinue = () => !signal.aborted && performance.now() < endsAt
  try {
    const summary = await keepAlive(db(), connections().kept, {
      idleDays: KEEP_ALIVE_AFTER_DAYS,
      perSecond: KEEP_ALIVE_PER_SECOND,
      budgetSeconds: REFRESH_SECONDS,
      signal,
      onRefreshed: (account) => tokenUses().note(account, "job:keep-alive"),
    })
    await tokenUses().flush()
    const deleted = await deleteExpiredRows(db(), mayContinue).catch((error) => {
      reportFailure("expired_rows_not_deleted", error)
      return null
    })
    return Response.json({ ...summary, deleted }, { headers: noStore })
  } catch (error) {
    return failureResponse(error)
  }
}

/** Without this, Next would answer HEAD by running GET, and a monitor or a link checker would start a run. */
export function HEAD(): Response {
  return new Response(null, { status: 405, headers: { ...noStore, allow: "GET" } })
}

const noStore = { "cache-control": "no-store" }
