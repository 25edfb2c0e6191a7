import "server-only"
import type { NextRequest } from "next/server"
import { parseReturnPath } from "@/lib/return-path"
import { appOrigin } from "@/lib/server/app-origin"
import { failureResponse } from "@/lib/server/failure-response"
import { declaresTooLargeBody, readBody } from "@/lib/server/request-body"
import { noStore } from "@/lib/server/response-headers"
import { inSpan } from "@/lib/server/telemetry/spans"
import { getSession } from "@/lib/sessions/current-session"
import { refusalOf } from "@/lib/sessions/limited-request"
import { readSessionCookie, sessionCookieName } from "@/lib/sessions/session-cookie"
import { type AuthjsHandler, askAuthjs, authCookies, browserResponse, isAuthjsError } from "./authjs-adapter"
import { handleCallback } from "./callback"
import { startSignInFromForm } from "./start"

type Answer = (request: NextRequest, authHandler: AuthjsHandler) => Promise<Response>

type AuthRoute = {
  GET?: Answer
  POST?: Answer
  /** False if a HEAD request must not run GET. */
  hasHead?: false
}

/** Everything below `/api/auth`, by its exact path. Auth.js itself would answer on more paths. */
const routes: ReadonlyMap<string, AuthRoute> = new Map<string, AuthRoute>([
  // A link checker that sends HEAD would use up the authorization code.
  ["/api/auth/callback/bitbucket", { GET: answerCallback, hasHead: false }],
  ["/api/auth/csrf", { GET: passOn }],
  ["/api/auth/error", { GET: passOn }],
  ["/api/auth/providers", { GET: passOn }],
  ["/api/auth/session", { GET: answerSession }],
  ["/api/auth/signin", { GET: passOn }],
  ["/api/auth/signin/bitbucket", { GET: showSignInPage, POST: startFromForm }],
  ["/api/auth/signout", { GET: passOn, POST: signOut }],
])

/**
 * Answers a request below `/api/auth`: 404 for a path that is not in the list above, 405 for a method that the path does
 * not support.
 *
 * @param authHandler the route handler of Auth.js
 */
export async function answerAuthRoute(request: NextRequest, authHandler: AuthjsHandler): Promise<Response> {
  const route = routes.get(request.nextUrl.pathname)
  if (!route) return new Response(null, { status: 404, headers: noStore })
  const { GET, POST, hasHead = true } = route
  const allow = [...(GET ? ["GET"] : []), ...(hasHead ? ["HEAD"] : []), ...(POST ? ["POST"] : [])].join(", ")
  const headers = { ...noStore, allow }
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers })
  const answer = { GET, HEAD: hasHead ? GET : undefined, POST }[request.method]
  return answer ? answer(request, authHandler) : new Response(null, { status: 405, headers })
}

function answerCallback(request: NextRequest, authHandler: AuthjsHandler): Promise<Response> {
  return inSpan("bitbucket.callback", () => handleCallback(request, authHandler))
}

/** A link to the form's URL does not start a sign-in, but leads to the page with the button. */
async function showSignInPage(request: NextRequest): Promise<Response> {
  const location = new URL("/signin", appOrigin(request)).href
  return new Response(null, { status: 302, headers: { ...noStore, location } })
}

function startFromForm(request: NextRequest, authHandler: AuthjsHandler): Promise<Response> {
  return inSpan("bitbucket.authorize", async () => {
    const refusal = await refusalOf(request, "start")
    if (refusal) return refusal
    const body = await bodyOf(request)
    return body ? startSignInFromForm(request, body, authHandler) : requestTooLarge()
  })
}

/**
 * The session in the format that next-auth's `useSession` reads. Auth.js would trust the cookie without asking the database,
 * and write it again on every read.
 */
async function answerSession(request: NextRequest): Promise<Response> {
  const refusal = await refusalOf(request, "session")
  if (refusal) return refusal
  try {
    const session = await getSession()
    const account = session?.connection.profile?.account
    const name = account?.displayName ?? account?.nickname ?? null
    return Response.json(
      session && {
        user: { name, image: account?.avatarUrl ?? null },
        expires: session.expiresAt.toISOString(),
      },
      { headers: noStore },
    )
  } catch (error) {
    return failureResponse(error)
  }
}

/** Auth.js answers: with its CSRF token, its providers, or a redirect to one of our pages. */
async function passOn(request: NextRequest, authHandler: AuthjsHandler): Promise<Response> {
  const refusal = await refusalOf(request, "page")
  if (refusal) return refusal
  const { answer } = await askAuthjs(authHandler, request, { search: pageSearch(request) })
  const { sessionToken, csrfToken } = authCookies()
  const isSignOut = request.nextUrl.pathname === "/api/auth/signout"
  return browserResponse(answer, isSignOut ? [sessionToken.name, csrfToken.name] : [csrfToken.name])
}

/** The part of the query that Auth.js's pages pass on to ours: an error, and where the user goes afterwards. */
function pageSearch(request: NextRequest): string {
  const { searchParams } = request.nextUrl
  const search = new URLSearchParams()
  const [error, callbackUrl] = [searchParams.get("error"), searchParams.get("callbackUrl")]
  if (error !== null) search.set("error", error)
  if (callbackUrl !== null) search.set("callbackUrl", parseReturnPath(callbackUrl, appOrigin(request)))
  return search.size > 0 ? `?${search}` : ""
}

async function signOut(request: NextRequest, authHandler: AuthjsHandler): Promise<Response> {
  const refusal = await refusalOf(request, "action")
  if (refusal) return refusal
  const body = await bodyOf(request)
  if (!body) return requestTooLarge()
  const { answer, error } = await askAuthjs(authHandler, request, { search: "", body })
  // Auth.js clears the cookie and says "signed out" even if the session could not be ended.
  if (isAuthjsError(error, "EventError", "SignOutError") && (await namesSession(request)))
    return failureResponse(error)
  const { sessionToken, csrfToken } = authCookies()
  return browserResponse(answer, [sessionToken.name, csrfToken.name])
}

/** If the cookie cannot be decrypted, there is no session to end, and clearing the cookie is enough. */
async function namesSession(request: NextRequest): Promise<boolean> {
  return (await readSessionCookie(request.cookies.get(sessionCookieName())?.value)) !== null
}

async function bodyOf(request: NextRequest): Promise<Uint8Array<ArrayBuffer> | null> {
  return declaresTooLargeBody(request) ? null : readBody(request)
}

function requestTooLarge(): Response {
  return Response.json({ error: "request_too_large" }, { status: 413, headers: noStore })
}
