import type { NextRequest } from "next/server"
import { isReady } from "@/lib/server/readiness"
import { refusalOf } from "@/lib/sessions/limited-request"

/**
 * Readiness: 200 if the database answers, has at least this build's schema, and this server is not about to stop; else
 * 503. Anyone may ask, so it says nothing more; the log does. See docs/decisions/021-readiness-is-not-health.md.
 */
export async function GET(request: NextRequest): Promise<Response> {
  const refusal = await refusalOf(request, "health")
  if (refusal) return refusal
  const ready = await isReady()
  return Response.json(
    { status: ready ? "ok" : "unavailable" },
    { status: ready ? 200 : 503, headers: { "cache-control": "no-store" } },
  )
}
