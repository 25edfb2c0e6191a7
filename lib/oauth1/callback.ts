import "server-only"
import type { NextRequest } from "next/server"
import { getProfileAtSignIn } from "@/lib/bitbucket/profile"
import { withinTimeBudget } from "@/lib/bitbucket/time-budget"
import { db } from "@/lib/db/client"
import { DEFAULT_RETURN_PATH } from "@/lib/return-path"
import { findSession } from "@/lib/sessions/current-session"
import { refusalOf } from "@/lib/sessions/limited-request"
import type { SessionClaims } from "@/lib/sessions/session-cookie"
import { failureOfOurs, type SignInFailure, signInFailureOf } from "@/lib/sign-in/classify-failure"
import { failurePage } from "@/lib/sign-in/failure-page"
import { redirectWithin } from "@/lib/sign-in/navigation"
import { createSpentStates } from "@/lib/sign-in/spent-states"
import { startSession } from "@/lib/sign-in/start-session"
import { type OAuth1Callback, parseOAuth1Callback } from "./callback-parameters"
import type { OAuth1Client } from "./client"
import { OAuth1Error } from "./errors"
import { oauth1Client } from "./oauth1-client"
import { forgetFlow, type RequestTokenFlow, readFlow } from "./request-token-cookie"
import { createSessionCookie } from "./session-cookie"

/** Forever, in practice: OAuth 1.0a tokens do not expire (Bitbucket's response names no lifetime). */
const LIFETIME_SECONDS = 100 * 365 * 86_400

/**
 * The last leg, RFC 5849 §2.2 and §2.3. It accepts only the response to a request token of this browser, and that token is
 * then spent, whatever the outcome. Every other request changes nothing and sends Bitbucket nothing.
 */
export async function finishOAuth1(request: NextRequest): Promise<Response> {
  const client = oauth1Client()
  if (!client) return new Response(null, { status: 404 })
  const refusal = await refusalOf(request, "callback")
  if (refusal) return refusal
  const answer = parseOAuth1Callback(request.nextUrl)
  const flow = answer && (await readFlow(request.cookies, answer.token))
  if (!flow) return answerToNoFlow(request)
  const response = await answerOnce(client, request, flow, answer)
  forgetFlow(response, answer.token)
  return response
}

async function answerOnce(
  client: OAuth1Client,
  request: NextRequest,
  flow: RequestTokenFlow,
  { token, verifier }: OAuth1Callback,
) {
  let isFirst: boolean
  try {
    isFirst = await createSpentStates(db()).spend(`oauth1 ${token}`)
  } catch (error) {
    return failurePage(request, failureOfOurs(error), flow.next)
  }
  return isFirst ? signInWith(client, request, flow, verifier) : answerToNoFlow(request)
}

/** Sends signed-in users to their profile, and lets others start again. */
async function answerToNoFlow(request: NextRequest) {
  const session = await findSession()
  if (session) return redirectWithin(request, DEFAULT_RETURN_PATH)
  return failurePage(request, { code: "callback_mismatch" })
}

async function signInWith(
  client: OAuth1Client,
  request: NextRequest,
  { requestToken, next }: RequestTokenFlow,
  verifier: string | null,
) {
  if (verifier === null) return failurePage(request, { code: "access_denied" }, next)
  try {
    const claims = await withinTimeBudget(() => establish(client, requestToken, verifier))
    const response = redirectWithin(request, next)
    response.cookies.set(await createSessionCookie(claims))
    return response
  } catch (error) {
    return failurePage(request, failureOf(error), next)
  }
}

async function establish(
  client: OAuth1Client,
  requestToken: RequestTokenFlow["requestToken"],
  verifier: string,
): Promise<SessionClaims> {
  const credentials = await client.obtainAccessToken(requestToken, verifier)
  const credential = (method: "GET", url: string) => client.sign({ method, url, credentials })
  const profile = await getProfileAtSignIn(credential)
  return startSession(profile, {
    kind: "oauth1",
    credential,
    tokens: { accessToken: credentials.token, refreshToken: "", tokenSecret: credentials.secret },
    lifetimeSeconds: LIFETIME_SECONDS,
    // The protocol names none; this much has shown itself.
    scopes: profile.emails ? ["account", "email"] : ["account"],
  })
}

/** A request token that is spent, or a verifier that is not its own, is refused as everything of 2026 is. */
function failureOf(error: unknown): SignInFailure {
  if (!(error instanceof OAuth1Error)) return signInFailureOf(error, null)
  return { code: error.code === "refused" ? "sign_in_expired" : "bitbucket_unavailable" }
}
