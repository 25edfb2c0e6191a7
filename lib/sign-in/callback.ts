import "server-only"
import { type NextRequest, NextResponse } from "next/server"
import { withinTimeBudget } from "@/lib/bitbucket/time-budget"
import { db } from "@/lib/db/client"
import { addressWithin, DEFAULT_RETURN_PATH } from "@/lib/return-path"
import { appOrigin } from "@/lib/server/app-origin"
import { clearedCookie } from "@/lib/server/cookies"
import { reportFailure } from "@/lib/server/failure-report"
import { log } from "@/lib/server/log"
import { processWide } from "@/lib/server/process-wide"
import { noStore } from "@/lib/server/response-headers"
import { findSession } from "@/lib/sessions/current-session"
import { refusalOf } from "@/lib/sessions/limited-request"
import { type AuthjsHandler, askAuthjs, authCookies, browserResponse } from "./authjs-adapter"
import { originOfState } from "./authorization-request"
import { type CallbackParameters, isTooLong, parseCallbackParameters } from "./callback-parameters"
import { failureOfOurs, isClientRefused, signInFailureOf, unspentFailureOf } from "./classify-failure"
import { failureNoteName, failurePage } from "./failure-page"
import { type Flow, flowCookieName, flowId, readFlow, readLatestFlow } from "./flow-cookie"
import { redirectWithin } from "./navigation"
import { createSpentStates } from "./spent-states"

/**
 * Answers the callback, RFC 6749 §4.1.2. Auth.js sees only the first response to a flow of this browser, which ends the
 * flow. If the browser sends the same response again while we answer the first, the second request waits and leads to the
 * same page. Every other request changes nothing and sends Bitbucket nothing.
 *
 * @param authHandler the route handler of Auth.js
 */
export async function handleCallback(request: NextRequest, authHandler: AuthjsHandler): Promise<Response> {
  if (isTooLong(request.nextUrl)) return new NextResponse(null, { status: 414, headers: noStore })
  const refusal = await refusalOf(request, "callback")
  if (refusal) return refusal
  const parameters = parseCallbackParameters(request.nextUrl)
  if (!parameters) return answerToNoFlow(request, null)
  const { state, search } = parameters
  const flow = state === null ? undefined : await readFlow(request.cookies, state)

  const unspent = unspentFailureOf(parameters)
  const pending = state === null && unspent ? await readLatestFlow(request.cookies) : flow
  if (unspent && pending) return failurePage(request, unspent, pending.next)

  if (state === null || !flow) return forgetting(state, request, await answerToNoFlow(request, state))
  return shareAnswer(`${search}\n${flow.codeVerifier}`, async () =>
    forgetting(state, request, await answerToFlow(request, { ...parameters, state }, flow, authHandler)),
  )
}

/**
 * Gives identical requests that arrive at the same time one shared response: a browser that sends a callback again
 * discards the response to the first.
 *
 * @param key contains the flow's verifier, which only its browser has, sealed
 */
async function shareAnswer(key: string, answer: () => Promise<Response>): Promise<Response> {
  const running = processWide("callback-answers", () => new Map<string, Promise<Response>>())
  const shared = running.get(key) ?? answer().finally(() => running.delete(key))
  running.set(key, shared)
  return (await shared).clone()
}

/** Makes the response also clear the cookie of the flow that it ends. */
function forgetting(state: string | null, request: NextRequest, response: NextResponse): NextResponse {
  const id = state === null ? null : flowId(state)
  if (id !== null && request.cookies.has(flowCookieName(id)))
    response.cookies.set(clearedCookie(flowCookieName(id)))
  return response
}

async function answerToFlow(
  request: NextRequest,
  parameters: CallbackParameters & { state: string },
  flow: Flow,
  authHandler: AuthjsHandler,
): Promise<NextResponse> {
  const { state } = parameters
  const states = createSpentStates(db())
  try {
    if (!(await states.spend(state))) {
      const landing = await states.waitForLanding(state)
      return landing === null ? answerToNoFlow(request, state) : redirectWithin(request, landing)
    }
  } catch (error) {
    return failurePage(request, failureOfOurs(error), flow.next)
  }
  const response = await finishFlow(request, parameters, flow, authHandler)
  const { pathname, search } = new URL(response.headers.get("location") ?? "/", appOrigin(request))
  // Only a repeated request on another server waits for this, and it stops waiting after a while.
  await states
    .recordLanding(state, pathname + search)
    .catch((error: unknown) => reportFailure("callback_landing_not_stored", error))
  return response
}

async function finishFlow(
  request: NextRequest,
  parameters: CallbackParameters,
  flow: Flow,
  authHandler: AuthjsHandler,
): Promise<NextResponse> {
  const { answer, error } = await withinTimeBudget(() =>
    askAuthjs(authHandler, request, { search: parameters.search, codeVerifier: flow.codeVerifier }),
  )
  if (isClientRefused(error)) log.error("oauth_client_refused")
  if (error) return failurePage(request, signInFailureOf(error, parameters.error), flow.next)
  const response = browserResponse(answer, [authCookies().sessionToken.name])
  response.headers.set("location", addressWithin(request, flow.next))
  if (request.cookies.has(failureNoteName())) response.cookies.set(clearedCookie(failureNoteName()))
  return response
}

/**
 * The user went back to an answered callback, reloaded it or opened a bookmark of it: sends signed-in users to their profile,
 * and lets others start again.
 *
 * @param state null if the URL is not an authorization response
 */
async function answerToNoFlow(request: NextRequest, state: string | null): Promise<NextResponse> {
  const session = await findSession()
  if (session) return redirectWithin(request, DEFAULT_RETURN_PATH)
  const code = state === null ? "callback_mismatch" : strayCallback[await originOfState(state)]
  return failurePage(request, { code })
}

/** The failure to show for a callback whose `state` belongs to no sign-in of this browser. */
const strayCallback = {
  ours: "sign_in_elsewhere",
  ours_expired: "sign_in_expired",
  foreign: "callback_mismatch",
} as const
