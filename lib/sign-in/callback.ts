import "server-only"
import { type NextRequest, NextResponse } from "next/server"
import { withinTimeBudget } from "@/lib/bitbucket/time-budget"
import { connections } from "@/lib/connections/connections"
import { clearedCookie } from "@/lib/cookies"
import { db } from "@/lib/db/client"
import { noStore } from "@/lib/no-store"
import { DEFAULT_RETURN_PATH } from "@/lib/return-path"
import { getSession } from "@/lib/sessions/current-session"
import { withAuthErrorReport } from "./auth-error-report"
import { authRequest } from "./auth-request"
import { authResponse, forgetFlow } from "./auth-response"
import { type CallbackParameters, isTooLong, parseCallbackParameters } from "./callback-parameters"
import { authCookies } from "./cookies"
import { isClientRefused, signInFailureOf } from "./failure"
import { failureNoteName } from "./failure-note"
import { failurePage, redirectWithin } from "./failure-page"
import { type Flow, flowCookieName, flowId, readFlows } from "./flow-cookie"
import { createSpentStates } from "./spent-states"
import { failureOfStrayCallback } from "./stray-callback"

/**
 * The authorization response, RFC 6749 §4.1.2. Only the first answer to a flow of this browser reaches Auth.js;
 * that flow is over then, however it ends. Everything else changes nothing and asks Bitbucket nothing.
 *
 * @param authHandler the route handler of Auth.js
 */
export async function handleCallback(
  request: NextRequest,
  authHandler: (request: NextRequest) => Promise<Response>,
): Promise<Response> {
  if (isTooLong(request.nextUrl)) return new NextResponse(null, { status: 414, headers: noStore })
  const parameters = parseCallbackParameters(request.nextUrl)
  const id = parameters && flowId(parameters.state)
  const flow = readFlows(request.cookies).find((one) => one.id === id)
  const response =
    parameters && flow
      ? await answerToFlow(request, parameters, flow, authHandler)
      : await answerToNoFlow(request, parameters?.state)
  if (id && request.cookies.has(flowCookieName(id))) forgetFlow(response, id)
  return response
}

async function answerToFlow(
  request: NextRequest,
  parameters: CallbackParameters,
  flow: Flow,
  authHandler: (request: NextRequest) => Promise<Response>,
): Promise<NextResponse> {
  const { state, search } = parameters
  const isFirst = await createSpentStates(db())
    .spend(state)
    .catch(() => null)
  if (isFirst === null) return failurePage(request, { code: "database_unavailable" }, flow.parts.callbackUrl)
  if (!isFirst) return answerToNoFlow(request, state)
  const { result, error } = await withAuthErrorReport(() =>
    withinTimeBudget(() => authHandler(authRequest(request, { flow, search }))),
  )
  if (!error || isClientRefused(error)) connections().clientHealth.note(error !== undefined)
  if (error) return failurePage(request, signInFailureOf(error, parameters.error), flow.parts.callbackUrl)
  const response = authResponse(result, [authCookies().sessionToken.name])
  if (request.cookies.has(failureNoteName())) response.cookies.set(clearedCookie(failureNoteName()))
  return response
}

/** Back, reload or a bookmark of a callback that is over: who is signed in by now goes on, others start again. */
async function answerToNoFlow(request: NextRequest, state: string | undefined): Promise<NextResponse> {
  const session = await getSession().catch(() => null)
  if (session) return redirectWithin(request, DEFAULT_RETURN_PATH)
  return failurePage(request, { code: await failureOfStrayCallback(state) })
}
