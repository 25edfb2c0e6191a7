import { NextRequest } from "next/server"
import { appOrigin } from "@/lib/app-origin"
import { authCookies, flowParts } from "./cookies"
import type { Flow } from "./flow-cookie"

/**
 * A request as Auth.js may see it: on the app's own origin, with the cookies that are its own and no others.
 * Auth.js joins every cookie whose name *begins* like the session's, so that one of a sibling host would sign
 * a person out; and it answers 500 to a callback-url cookie that is no address.
 *
 * @param flow whose parts stand in for the cookies that Auth.js would have set itself
 */
export function authRequest(request: NextRequest, flow?: Flow): NextRequest {
  const { sessionToken, csrfToken, ...flowCookies } = authCookies()
  const pairs: [string, string | undefined][] = [sessionToken, csrfToken].map(({ name }) => [
    name,
    request.cookies.get(name)?.value,
  ])
  for (const part of flowParts) pairs.push([flowCookies[part].name, flow?.parts[part]])

  const headers = new Headers(request.headers)
  headers.set(
    "cookie",
    pairs.flatMap(([name, value]) => (value ? [`${name}=${encodeURIComponent(value)}`] : [])).join("; "),
  )
  const { pathname, search } = request.nextUrl
  const hasBody = request.method === "POST"
  return new NextRequest(appOrigin(request) + pathname + search, {
    method: request.method,
    headers,
    ...(hasBody && { body: request.body, duplex: "half" }),
  })
}
