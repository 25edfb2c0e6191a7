import "server-only"
import { type NextRequest, NextResponse } from "next/server"
import { withinTimeBudget } from "@/lib/bitbucket/time-budget"
import { parseReturnPath } from "@/lib/return-path"
import { appOrigin } from "@/lib/server/app-origin"
import { log } from "@/lib/server/log"
import { noStore } from "@/lib/server/response-headers"
import { refusalOf } from "@/lib/sessions/limited-request"
import type { SignInFailure } from "@/lib/sign-in/classify-failure"
import { failurePage } from "@/lib/sign-in/failure-page"
import { isNavigation, redirectToAppOrigin } from "@/lib/sign-in/navigation"
import { OAuth1Error } from "./errors"
import { oauth1Client } from "./oauth1-client"
import { writeFlow } from "./request-token-cookie"

/** The first two legs, RFC 5849 §2.1 and §2.2: obtains a request token, and sends the user to approve it. */
export async function startOAuth1(request: NextRequest): Promise<Response> {
  const client = oauth1Client()
  if (!client) return new Response(null, { status: 404 })
  if (!isNavigation(request)) return new Response(null, { status: 403, headers: noStore })
  const refusal = await refusalOf(request, "start")
  if (refusal) return refusal
  const redirect = redirectToAppOrigin(request)
  if (redirect) return redirect

  const origin = appOrigin(request)
  const next = parseReturnPath(request.nextUrl.searchParams.get("next"), origin)
  try {
    const callback = `${origin}/oauth1/bitbucket/callback`
    const requestToken = await withinTimeBudget(() => client.obtainRequestToken(callback))
    const response = new NextResponse(null, {
      status: 302,
      headers: {
        location: client.authenticateUrl(requestToken.token),
        ...noStore,
      },
    })
    await writeFlow(response, request.cookies, { requestToken, next, startedAt: Date.now() })
    return response
  } catch (error) {
    if (!(error instanceof OAuth1Error)) throw error
    return failurePage(request, startFailureOf(error), next)
  }
}

function startFailureOf({ code, status }: OAuth1Error): SignInFailure {
  log.warn("legacy_sign_in_refused", { reason: code, ...(status !== undefined && { status }) })
  return { code: code === "unavailable" ? "bitbucket_unavailable" : "legacy_unavailable" }
}
