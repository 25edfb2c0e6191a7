import "server-only"
import type { NextRequest } from "next/server"
import { appOrigin } from "@/lib/app-origin"
import { withinTimeBudget } from "@/lib/bitbucket/time-budget"
import { log } from "@/lib/log"
import { parseReturnPath } from "@/lib/return-path"
import { withAuthErrorReport } from "./auth-error-report"
import { callbackUrlCookieName } from "./cookies"
import { type SignInFailureCode, signInFailureOf } from "./failure"

/**
 * The authorization response, RFC 6749 §4.1.2: Auth.js does the work, this says in the app's own words how
 * it ended, and keeps the way back.
 *
 * @param authHandler the route handler of Auth.js
 */
export async function handleCallback(
  request: NextRequest,
  authHandler: (request: NextRequest) => Promise<Response>,
): Promise<Response> {
  const { result, error } = await withAuthErrorReport(() => withinTimeBudget(() => authHandler(request)))
  if (!error) return result
  const code = signInFailureOf(error, new URL(request.url).searchParams.get("error"))
  log.warn("sign_in_failed", { code })
  return redirectToErrorPage(request, code)
}

function redirectToErrorPage(request: NextRequest, code: SignInFailureCode): Response {
  // Where Auth.js keeps the place that a person comes back to.
  const next = parseReturnPath(request.cookies.get(callbackUrlCookieName())?.value, appOrigin(request))
  const page = new URL("/auth/error", appOrigin(request))
  page.searchParams.set("error", code)
  page.searchParams.set("next", next)
  return new Response(null, {
    status: 302,
    headers: { location: page.href, "cache-control": "private, no-store" },
  })
}
