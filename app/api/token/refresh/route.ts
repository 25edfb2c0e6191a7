import type { NextRequest } from "next/server"
import { isConnectionError } from "@/lib/accounts/connection-error"
import { connections } from "@/lib/accounts/connections"
import { isSameOrigin } from "@/lib/server/app-origin"
import { failureResponse } from "@/lib/server/failure-response"
import { noStore } from "@/lib/server/response-headers"
import { readSession } from "@/lib/sessions/current-session"
import { refusalOf } from "@/lib/sessions/limited-request"

const MEMBERSHIP_RETRY_SECONDS = 30

/**
 * Refreshes the signed-in user's access token if it is due, and says until when it is valid. The token itself never
 * leaves the server.
 */
export async function POST(request: NextRequest): Promise<Response> {
  if (!isSameOrigin(request)) return answer(403, { error: "cross_site_request" })
  const refusal = await refusalOf(request, "refresh")
  if (refusal) return refusal
  try {
    const { session, absence } = await readSession()
    if (absence === "membership_unverified")
      return answer(503, { error: "bitbucket_unavailable" }, MEMBERSHIP_RETRY_SECONDS)
    if (!session) return answer(401, { error: "reauthorization_required" })
    const { connection } = session
    const { expiresAt } = await connections().kept.getToken(connection)
    return answer(200, { expiresAt: expiresAt.toISOString() })
  } catch (error) {
    if (!isConnectionError(error)) return failureResponse(error)
    if (error.code === "reauthorization_required") return answer(401, { error: error.code })
    return answer(503, { error: error.code }, error.retryAfterSeconds)
  }
}

function answer(status: number, body: Record<string, string>, retryAfterSeconds?: number): Response {
  const headers = new Headers(noStore)
  if (retryAfterSeconds !== undefined) headers.set("retry-after", String(retryAfterSeconds))
  return Response.json(body, { status, headers })
}
