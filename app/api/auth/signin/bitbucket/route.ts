import type { NextRequest } from "next/server"
import { handlers } from "@/auth"
import { appOrigin } from "@/lib/server/app-origin"
import { noStore } from "@/lib/server/response-headers"
import { inSpan } from "@/lib/server/telemetry/spans"
import { handleAuthRoute } from "@/lib/sign-in/auth-route"

/** A link to the address of the form starts nothing: it leads to the page that has the button. */
export function GET(request: NextRequest): Response {
  const location = new URL("/signin", appOrigin(request)).href
  return new Response(null, { status: 302, headers: { ...noStore, location } })
}

export function POST(request: NextRequest): Promise<Response> {
  return inSpan("bitbucket.authorize", () => handleAuthRoute(request, handlers.POST))
}
