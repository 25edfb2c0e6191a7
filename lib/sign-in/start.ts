import "server-only"
import { NextRequest, type NextResponse } from "next/server"
import { environment } from "@/lib/env"
import { parseReturnPath } from "@/lib/return-path"
import { appOrigin } from "@/lib/server/app-origin"
import { clearedCookie, cookieOptions } from "@/lib/server/cookies"
import { noStore } from "@/lib/server/response-headers"
import { inSpan } from "@/lib/server/telemetry/spans"
import { refusalOf } from "@/lib/sessions/limited-request"
import { type AuthjsHandler, askAuthjs, authCookies, browserResponse } from "./authjs-adapter"
import { createAuthorizationRequest } from "./authorization-request"
import { FLOW_LIFETIME_SECONDS, flowCookieName, flowId, flowsToForget, sealFlow } from "./flow-cookie"
import { isNavigation, redirectToAppOrigin } from "./navigation"

/**
 * Answers `GET /oauth/bitbucket/authorize?next=`, where every sign-in button leads: redirects to Bitbucket's consent page
 * (RFC 6749 §4.1.1). Only a navigation by the user starts a sign-in.
 *
 * @param startHandler Auth.js's handler for its sign-in form, without the form's CSRF check
 */
export async function startSignIn(request: NextRequest, startHandler: AuthjsHandler): Promise<Response> {
  if (!isNavigation(request)) return new Response(null, { status: 403, headers: noStore })
  const refusal = await refusalOf(request, "start")
  if (refusal) return refusal
  const redirect = redirectToAppOrigin(request)
  if (redirect) return redirect
  return inSpan("bitbucket.authorize", () => {
    const form = new NextRequest(`${appOrigin(request)}/api/auth/signin/bitbucket`, { method: "POST" })
    const next = request.nextUrl.searchParams.get("next")
    return startFlow(request, next, (search) => askAuthjs(startHandler, form, { search }))
  })
}

/** Answers the sign-in form of Auth.js, whose field `callbackUrl` says where the user goes afterwards. */
export async function startSignInFromForm(
  request: NextRequest,
  body: Uint8Array<ArrayBuffer>,
  handler: AuthjsHandler,
): Promise<Response> {
  const next = callbackUrlIn(request, body)
  return startFlow(request, next, (search) => askAuthjs(handler, request, { search, body }))
}

/** Like Auth.js, reads a form as URL-encoded or JSON. */
function callbackUrlIn({ headers }: Request, body: Uint8Array<ArrayBuffer>): unknown {
  const text = new TextDecoder().decode(body)
  if (!headers.get("content-type")?.includes("application/json"))
    return new URLSearchParams(text).get("callbackUrl")
  try {
    const fields: unknown = JSON.parse(text)
    return typeof fields === "object" && fields !== null && "callbackUrl" in fields
      ? fields.callbackUrl
      : null
  } catch {
    return null
  }
}

/**
 * Starts an authorization request, with one cookie for everything that the browser must remember about it.
 *
 * @param next where the user goes afterwards, as received. This is the only place that parses it: once sealed in the cookie,
 *   it is trusted.
 * @param askAuthjs lets Auth.js redirect to Bitbucket, with these parameters among its own
 */
async function startFlow(
  request: NextRequest,
  next: unknown,
  askAuthjs: (search: string) => Promise<{ answer: Response }>,
): Promise<NextResponse> {
  const { state, codeVerifier, codeChallenge } = await createAuthorizationRequest()
  const added = { state, code_challenge: codeChallenge, code_challenge_method: "S256" }
  const { answer } = await askAuthjs(`?${new URLSearchParams(added)}`)
  const response = browserResponse(answer, [authCookies().csrfToken.name])
  // Auth.js refuses a form without its CSRF token.
  if (!answer.headers.get("location")?.includes(codeChallenge)) return response
  const flow = { codeVerifier, next: parseReturnPath(next, appOrigin(request)), startedAt: new Date() }
  const name = flowCookieName(flowId(state))
  const value = await sealFlow(name, flow, environment().secrets[0])
  for (const other of await flowsToForget(request.cookies, { name, value }))
    response.cookies.set(clearedCookie(other))
  response.cookies.set(name, value, { ...cookieOptions(), maxAge: FLOW_LIFETIME_SECONDS })
  return response
}
