import type { NextRequest } from "next/server"
import { z } from "zod"
import { tooManyRequests } from "@/lib/server/limits/refusals"
import { noStore } from "@/lib/server/response-headers"

const refusals: Record<string, { status: number; error: string; headers: Record<string, string> }> = {
  "400": { status: 400, error: "bad_request", headers: { connection: "close" } },
  "405": { status: 405, error: "method_not_allowed", headers: { allow: "GET, HEAD, POST" } },
  "411": { status: 411, error: "length_required", headers: { connection: "close" } },
  "413": { status: 413, error: "request_too_large", headers: { connection: "close" } },
}

const secondsToWait = z.coerce.number().int().min(1).max(60).catch(60)

/**
 * The server rewrites requests to this route if no page or route of this app can answer them. Pages and actions redirect
 * requests above a limit here.
 */
export async function GET(request: NextRequest, { params }: RouteContext<"/api/refused/[status]">) {
  const { status } = await params
  if (status === "429")
    return tooManyRequests(request, secondsToWait.parse(request.nextUrl.searchParams.get("wait")))
  const refusal = refusals[status]
  if (!refusal) return new Response(null, { status: 404 })
  const headers = { ...noStore, ...refusal.headers }
  return Response.json({ error: refusal.error }, { status: refusal.status, headers })
}
