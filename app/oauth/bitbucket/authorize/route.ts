import type { NextRequest } from "next/server"
import { startHandler } from "@/auth"
import { parseReturnPath } from "@/lib/return-path"
import { appOrigin } from "@/lib/server/app-origin"
import { noStore } from "@/lib/server/response-headers"
import { inSpan } from "@/lib/server/telemetry/spans"
import { refusalOf } from "@/lib/sessions/limited-request"
import { isNavigation, redirectToAppOrigin } from "@/lib/sign-in/navigation"
import { startAuthorization } from "@/lib/sign-in/start"

/**
 * Starts the authorization request at once: a link here is a link to Bitbucket's consent page. A GET by design;
 * it changes no session and no token, and only a page that a person opens starts one.
 *
 * `reason` says in the address why the person was sent here, for people who look at it; nothing reads it.
 */
export async function GET(request: NextRequest): Promise<Response> {
  if (!isNavigation(request)) return new Response(null, { status: 403, headers: noStore })
  const refusal = await refusalOf(request, "start")
  if (refusal) return refusal
  const redirect = redirectToAppOrigin(request)
  if (redirect) return redirect
  const next = parseReturnPath(request.nextUrl.searchParams.get("next"), appOrigin(request))
  return inSpan("bitbucket.authorize", () => startAuthorization(request, next, startHandler))
}

export function HEAD(): Response {
  return new Response(null, { status: 405, headers: { allow: "GET" } })
}
