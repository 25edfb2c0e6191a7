import { randomBytes } from "node:crypto"
import { type NextRequest, NextResponse } from "next/server"
import { environment } from "@/lib/env"
import { appOrigin, comesFromThisApp } from "@/lib/server/app-origin"
import { clearedCookie } from "@/lib/server/cookies"
import { crossSiteRequest, requestTooLarge, unreadableForm } from "@/lib/server/limits/refusals"
import { log } from "@/lib/server/log"
import { declaresTooLargeBody, hasReadableForm } from "@/lib/server/request-body"
import { contentSecurityPolicy, noStore } from "@/lib/server/response-headers"
import { signInPath } from "@/lib/sessions/paths"
import { readSessionCookie, sessionCookieName } from "@/lib/sessions/session-cookie"
import { describeSignInFailure, parseSignInFailureCode } from "@/lib/sign-in/failures"

const protectedPath = /^\/(profile|integrations|workspaces|sessions|activity)(\/|$)/

/**
 * A convenience, not a guard: it redirects people without a session cookie straight to the sign-in page, gives every page
 * the nonce of its Content Security Policy, and refuses large bodies and broken forms early. `lib/sessions` protects the pages,
 * and `lib/server/limits` limits floods, next to the code that does the work.
 */
export async function middleware(request: NextRequest): Promise<NextResponse> {
  const { pathname, search } = request.nextUrl
  if (declaresTooLargeBody(request)) return requestTooLarge()
  if (request.method === "POST" && !comesFromThisApp(request)) {
    log.warn("cross_site_request_refused")
    return crossSiteRequest(request, appOrigin(request))
  }
  if (request.method === "POST" && !(await hasReadableForm(request))) return unreadableForm(request)
  const isProtected = protectedPath.test(pathname)
  const cookie = request.cookies.get(sessionCookieName())
  const claims = isProtected ? await readSessionCookie(cookie?.value) : undefined
  // If the user has signed out in another tab, the form still reaches its action, which says that it did nothing.
  if (isProtected && !claims && request.method !== "POST") {
    const redirect = NextResponse.redirect(new URL(signInPath(pathname + search), appOrigin(request)))
    redirect.headers.set("cache-control", noStore["cache-control"])
    // The cookie is invalid: altered, expired, or from another deployment.
    if (cookie) redirect.cookies.set(clearedCookie(cookie.name))
    return redirect
  }

  const policy = contentSecurityPolicy(randomBytes(16).toString("base64url"))
  const headers = headersForNext(request)
  headers.set("content-security-policy", policy)
  const response = NextResponse.next({ request: { headers }, ...failureStatus(request.nextUrl) })
  response.headers.set("content-security-policy", policy)
  // Next sets this header too, but not if we override the status.
  response.headers.set("cache-control", noStore["cache-control"])
  return response
}

/**
 * Next runs an action only if `Origin` names the host in X-Forwarded-Host or Host, which behind a proxy may be
 * the server's own. A form from AUTH_URL comes from this app; any other is left to Next's own check.
 */
function headersForNext(request: NextRequest): Headers {
  const headers = new Headers(request.headers)
  const { AUTH_URL } = environment()
  if (AUTH_URL && headers.has("origin") && comesFromThisApp(request))
    headers.set("x-forwarded-host", new URL(AUTH_URL).host)
  return headers
}

/** A page cannot set its own status, so the page that explains a failed sign-in gets it from here. */
function failureStatus({ pathname, searchParams }: URL): { status?: number } {
  return pathname === "/auth/error"
    ? { status: describeSignInFailure(parseSignInFailureCode(searchParams.get("error"))).status }
    : {}
}

export const config = {
  runtime: "nodejs",
  matcher: [
    "/((?!api/|oauth1?/|_next/static|_next/image|(?:favicon\\.ico|icon\\.svg|robots\\.txt|logo\\.svg|opengraph\\.png|apple-touch-icon\\.png|icon-(?:192|512)\\.png|manifest\\.webmanifest)$).*)",
  ],
}
