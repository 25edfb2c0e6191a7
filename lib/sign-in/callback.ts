import "server-only"
import { type NextRequest, NextResponse } from "next/server"
import { appOrigin } from "@/lib/app-origin"
import { withinTimeBudget } from "@/lib/bitbucket/time-budget"
import { log } from "@/lib/log"
import { DEFAULT_RETURN_PATH, parseReturnPath } from "@/lib/return-path"
import { getSession } from "@/lib/sessions/current-session"
import { withAuthErrorReport } from "./auth-error-report"
import { authRequest } from "./auth-request"
import { authResponse, forgetFlow } from "./auth-response"
import { parseCallbackParameters } from "./callback-parameters"
import { authCookies } from "./cookies"
import { type SignInFailureCode, signInFailureOf } from "./failure"
import { type Flow, flowId, readFlows } from "./flow-cookie"

/**
 * The authorization response, RFC 6749 §4.1.2. Only an answer to a flow of this browser reaches Auth.js; that
 * flow is over then, however it ends. Everything else changes nothing and asks Bitbucket nothing.
 *
 * @param authHandler the route handler of Auth.js
 */
export async function handleCallback(
  request: NextRequest,
  authHandler: (request: NextRequest) => Promise<Response>,
): Promise<Response> {
  const parameters = parseCallbackParameters(request.nextUrl)
  const flow = parameters && readFlows(request.cookies).find(({ id }) => id === flowId(parameters.state))
  if (!flow) return answerToNoFlow(request)

  const { result, error } = await withAuthErrorReport(() =>
    withinTimeBudget(() => authHandler(authRequest(request, flow))),
  )
  const response = error
    ? failurePage(request, signInFailureOf(error, parameters.error), flow)
    : authResponse(result, [authCookies().sessionToken.name])
  forgetFlow(response, flow.id)
  return response
}

/** Back, reload or a bookmark of a callback that is over: who is signed in by now goes on, others start again. */
async function answerToNoFlow(request: NextRequest): Promise<Response> {
  if (await getSession()) return redirectTo(new URL(DEFAULT_RETURN_PATH, appOrigin(request)))
  return failurePage(request, "sign_in_expired")
}

function failurePage(request: NextRequest, code: SignInFailureCode, flow?: Flow): NextResponse {
  log.warn("sign_in_failed", { code })
  const page = new URL("/auth/error", appOrigin(request))
  page.searchParams.set("error", code)
  page.searchParams.set("next", parseReturnPath(flow?.parts.callbackUrl, appOrigin(request)))
  return redirectTo(page)
}

function redirectTo(page: URL): NextResponse {
  return new NextResponse(null, {
    status: 302,
    headers: { location: page.href, "cache-control": "private, no-store" },
  })
}
