import { type NextRequest, NextResponse } from "next/server"
import { clearedCookie, cookieOptions } from "@/lib/cookies"
import { noStore } from "@/lib/no-store"
import { authCookies, FLOW_LIFETIME_SECONDS, flowParts } from "./cookies"
import { type Flow, flowCookieName, flowId, flowsToForget, writeFlow } from "./flow-cookie"

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
export function flowResponse(request: NextRequest, response: Response): NextResponse {
  const result = authResponse(response, [authCookies().csrfToken.name])
  const flow = flowOf(response)
  if (!flow) return result
  for (const id of flowsToForget(request.cookies)) forgetFlow(result, id)
  result.cookies.set(flowCookieName(flow.id), writeFlow(flow), {
    ...cookieOptions(),
    maxAge: FLOW_LIFETIME_SECONDS,
  })
  return result
}

/** Clears what the browser remembers of one flow. */
export function forgetFlow(response: NextResponse, id: string): void {
  response.cookies.set(clearedCookie(flowCookieName(id)))
}

function flowOf(response: Response): Flow | undefined {
  const location = response.headers.get("location")
  const state = location && URL.canParse(location) && new URL(location).searchParams.get("state")
  if (!state) return undefined
  const names = authCookies()
  const set = new Map(
    response.headers
      .getSetCookie()
      .map(nameAndValue)
      .map(({ name, value }) => [name, value]),
  )
  const parts = Object.fromEntries(flowParts.map((part) => [part, set.get(names[part].name) ?? ""]))
  return { id: flowId(state), startedAt: Date.now(), parts: parts as Flow["parts"] }
}

function nameAndValue(setCookie: string): { name: string; value: string } {
  const [pair = ""] = setCookie.split(";")
  const separator = pair.indexOf("=")
  return { name: pair.slice(0, separator), value: decodeURIComponent(pair.slice(separator + 1)) }
}
