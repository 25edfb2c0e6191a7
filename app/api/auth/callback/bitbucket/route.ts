import type { NextRequest } from "next/server"
import { handlers } from "@/auth"
import { inSpan } from "@/lib/server/telemetry/spans"
import { handleCallback } from "@/lib/sign-in/callback"

export function GET(request: NextRequest): Promise<Response> {
  return inSpan("bitbucket.callback", () => handleCallback(request, handlers.GET))
}

/** Next would answer HEAD by running GET, and a link checker would use up the authorization code. */
export function HEAD(): Response {
  return new Response(null, { status: 405, headers: { allow: "GET" } })
}
