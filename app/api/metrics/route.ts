import { db } from "@/lib/db/client"
import { environment } from "@/lib/env"
import { isBearer } from "@/lib/server/bearer-secret"
import { failureResponse } from "@/lib/server/failure-response"
import { readCounters } from "@/lib/server/metrics/counters"
import { formatMetrics, PROMETHEUS_TEXT } from "@/lib/server/metrics/prometheus-text"
import { readStoredMetrics } from "@/lib/server/metrics/stored-metrics"

const noStore = { "cache-control": "no-store" }

/** For Prometheus, with `Authorization: Bearer METRICS_SECRET`. Only counts, which name no account. */
export async function GET(request: Request): Promise<Response> {
  if (!isBearer(request, environment().METRICS_SECRET))
    return Response.json({ error: "unauthorized" }, { status: 401, headers: noStore })
  try {
    const text = formatMetrics([...(await readStoredMetrics(db())), ...readCounters()])
    return new Response(text, { headers: { ...noStore, "content-type": PROMETHEUS_TEXT } })
  } catch (error) {
    return failureResponse(error)
  }
}
