import "server-only"
import type { NextRequest } from "next/server"
import { failureResponse } from "@/lib/server/failure-response"
import { declaresTooLargeBody, readBody } from "@/lib/server/request-body"
import { noStore } from "@/lib/server/response-headers"
import { refusalOf } from "@/lib/sessions/limited-request"
import { readSessionCookie, sessionCookieName } from "@/lib/sessions/session-cookie"
import { withAuthErrorReport } from "./auth-error-report"
import { authRequest, pageSearch } from "./auth-request"
import { authResponse, flowResponse } from "./auth-response"
import { authCookies } from "./cookies"

/**
 * The routes of Auth.js beside the callback: its forms for signing in and out, its CSRF token, its providers. Each
 * is a route of its own: whatever else Auth.js would answer to is no route here.
 */
export async function handleAuthRoute(
  request: NextRequest,
  authHandler: (request: NextRequest) => Promise<Response>,
): Promise<Response> {
  const { method, nextUrl } = request
  const isStart = nextUrl.pathname === "/api/auth/signin/bitbucket"
  const refusal = await refusalOf(request, isStart ? "start" : method === "POST" ? "action" : "page")
  if (refusal) return refusal
  const body = declaresTooLargeBody(request) ? null : await readBody(request)
  if (!body) return Response.json({ error: "request_too_large" }, { status: 413, headers: noStore })
  const search = request.method === "GET" ? pageSearch(request) : ""
  const { result, error } = await withAuthErrorReport(async () =>
    authHandler(await authRequest(request, { search, body })),
  )
  const { pathname } = nextUrl
  if (isStart) return flowResponse(request, result)
  // Auth.js clears the cookie and says "signed out" even where the session could not be ended.
  if (
    pathname === "/api/auth/signout" &&
    isOf(error, "EventError", "SignOutError") &&
    (await hasSession(request))
  )
    return failureResponse(error)
  const { sessionToken, csrfToken } = authCookies()
  return authResponse(
    result,
    pathname === "/api/auth/signout" ? [sessionToken.name, csrfToken.name] : [csrfToken.name],
  )
}

/** A cookie that does not open names no session: to clear it is all there is to do. */
async function hasSession(request: NextRequest): Promise<boolean> {
  return (await readSessionCookie(request.cookies.get(sessionCookieName())?.value)) !== null
}

function isOf(error: Error | undefined, ...types: string[]): boolean {
  return error !== undefined && "type" in error && types.includes(String(error.type))
}
