import { NextRequest } from "next/server"
import { parseReturnPath } from "@/lib/return-path"
import { appOrigin } from "@/lib/server/app-origin"
import { sealChecks } from "./auth-checks"
import { authCookies } from "./cookies"
import type { Flow } from "./flow-cookie"

/**
 * A request as Auth.js may see it: on the app's own origin, with the cookies that are its own and no others.
 * Auth.js joins every cookie whose name *begins* like the session's, so that one of a sibling host would sign
 * a person out; and it gives up at a callback-url cookie or parameter that is no address.
 *
 * @param given.search the query: of the one that was sent, Auth.js would put every parameter into the
 *   authorization request, in place of its own
 * @param given.flow what stands in for the cookies that Auth.js would have set itself, and the `state` it belongs to
 * @param given.body as it was read
 */
export async function authRequest(
  request: NextRequest,
  { search, flow, body }: { search: string; flow?: Flow & { state: string }; body?: Uint8Array<ArrayBuffer> },
): Promise<NextRequest> {
  const origin = appOrigin(request)
  const { sessionToken, csrfToken, ...names } = authCookies()
  const pairs: [string, string | undefined][] = [sessionToken, csrfToken].map(({ name }) => [
    name,
    request.cookies.get(name)?.value,
  ])
  if (flow) {
    const checks = await sealChecks(flow.state, flow.codeVerifier)
    pairs.push(
      [names.state.name, checks.state],
      [names.pkceCodeVerifier.name, checks.pkceCodeVerifier],
      [names.callbackUrl.name, origin + parseReturnPath(flow.next, origin)],
    )
  }

  const headers = new Headers(request.headers)
  headers.set(
    "cookie",
    pairs.flatMap(([name, value]) => (value ? [`${name}=${encodeURIComponent(value)}`] : [])).join("; "),
  )
  return new NextRequest(origin + request.nextUrl.pathname + search, {
    method: request.method,
    headers,
    ...(request.method === "POST" && body && { body }),
  })
}

/** What Auth.js reads of the addresses of its own pages, and sends on to ours: an error, and a place to go back to. */
export function pageSearch(request: NextRequest): string {
  const { searchParams } = request.nextUrl
  const search = new URLSearchParams()
  const [error, callbackUrl] = [searchParams.get("error"), searchParams.get("callbackUrl")]
  if (error !== null) search.set("error", error)
  if (callbackUrl !== null) search.set("callbackUrl", parseReturnPath(callbackUrl, appOrigin(request)))
  return search.size > 0 ? `?${search}` : ""
}
