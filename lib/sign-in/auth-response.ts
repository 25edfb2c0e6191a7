import { type NextRequest, NextResponse } from "next/server"
import { environment } from "@/lib/env"
import { parseReturnPath } from "@/lib/return-path"
import { appOrigin } from "@/lib/server/app-origin"
import { clearedCookie, cookieOptions } from "@/lib/server/cookies"
import { noStore } from "@/lib/server/response-headers"
import { openCodeVerifier } from "./auth-checks"
import { authCookies, FLOW_LIFETIME_SECONDS } from "./cookies"
import { type Flow, flowCookieName, flowId, flowsToForget, sealFlow } from "./flow-cookie"

/**
 * An answer of Auth.js as a browser may have it: of its cookies only those named here, and never kept by a
 * cache.
 */
export function authResponse(response: Response, keptCookies: readonly string[]): NextResponse {
  const headers = new Headers(response.headers)
  headers.delete("set-cookie")
  for (const cookie of response.headers.getSetCookie())
    if (keptCookies.includes(nameAndValue(cookie).name)) headers.append("set-cookie", cookie)
  headers.set("cache-control", noStore["cache-control"])
  return new NextResponse(response.body, { status: response.status, headers })
}

/** An answer that starts an authorization request, with all that the browser must remember of it in one cookie. */
export async function flowResponse(request: NextRequest, response: Response): Promise<NextResponse> {
  const result = authResponse(response, [authCookies().csrfToken.name])
  const state = stateOf(response)
  if (!state) return result
  const name = flowCookieName(flowId(state))
  const value = await sealFlow(name, await flowOf(request, response), environment().secrets[0])
  for (const other of await flowsToForget(request.cookies, { name, value }))
    result.cookies.set(clearedCookie(other))
  result.cookies.set(name, value, { ...cookieOptions(), maxAge: FLOW_LIFETIME_SECONDS })
  return result
}

/** Clears what the browser remembers of one flow. */
export function forgetFlow(response: NextResponse, id: string): void {
  response.cookies.set(clearedCookie(flowCookieName(id)))
}

/** Of the authorization request that an answer leads to; null where it leads elsewhere. */
function stateOf(response: Response): string | null {
  const location = response.headers.get("location")
  return location && URL.canParse(location) ? new URL(location).searchParams.get("state") : null
}

async function flowOf(request: NextRequest, response: Response): Promise<Flow> {
  const names = authCookies()
  const set = new Map(
    response.headers
      .getSetCookie()
      .map(nameAndValue)
      .map(({ name, value }) => [name, value]),
  )
  return {
    codeVerifier: await openCodeVerifier(set.get(names.pkceCodeVerifier.name) ?? ""),
    next: parseReturnPath(set.get(names.callbackUrl.name), appOrigin(request)),
    startedAt: new Date(),
  }
}

function nameAndValue(setCookie: string): { name: string; value: string } {
  const [pair = ""] = setCookie.split(";")
  const separator = pair.indexOf("=")
  return { name: pair.slice(0, separator), value: decodeURIComponent(pair.slice(separator + 1)) }
}
