import "server-only"
import { AsyncLocalStorage } from "node:async_hooks"
import type { CookieOption, CookiesOptions, LoggerInstance } from "@auth/core/types"
import { NextRequest, NextResponse } from "next/server"
import { bitbucketFetch } from "@/lib/bitbucket/client"
import { appOrigin } from "@/lib/server/app-origin"
import { cookieName, cookieOptions } from "@/lib/server/cookies"
import { log } from "@/lib/server/log"
import { noStore } from "@/lib/server/response-headers"
import { sessionCookieName } from "@/lib/sessions/session-cookie"

/**
 * Everything that goes into Auth.js and comes out of it. Auth.js sees requests on the app's own origin, with its own
 * cookies and parameters only; browsers get its responses without the cookies and caching that we do not want; and only this
 * file sees the errors that Auth.js reports.
 *
 * Auth.js never sees `next`: the flow cookie keeps it.
 */

/** A route handler of Auth.js. */
export type AuthjsHandler = (request: NextRequest) => Promise<Response>

/** The cookies of Auth.js under our names: its own are `__Secure-`, which a sibling host can set. */
export function authCookies() {
  return {
    sessionToken: { name: sessionCookieName(), options: cookieOptions() },
    csrfToken: cookie("authjs.csrf-token"),
    callbackUrl: cookie("authjs.callback-url"),
  } satisfies Partial<CookiesOptions>
}

function cookie(name: string): CookieOption & { name: string } {
  return { name: cookieName(name), options: cookieOptions() }
}

/** The request that Auth.js is answering: what it reported, and what it sends. */
const answering = new AsyncLocalStorage<{ error?: Error; codeVerifier: string | undefined }>()

/** The logger for Auth.js. It writes only an error's type: messages and debug lines contain verifiers and tokens. */
export const authLogger: Partial<LoggerInstance> = {
  error(error) {
    const current = answering.getStore()
    if (current) current.error ??= error
    log.warn("auth_error", { code: "type" in error ? String(error.type) : error.name })
  },
  warn(code) {
    log.warn("auth_warning", { code })
  },
  debug() {},
}

/**
 * Sends Auth.js's requests to Bitbucket, the token request with the flow's verifier (RFC 7636 §4.5). Auth.js itself sends
 * only a verifier that it finds in a cookie of its own.
 *
 * @throws Error instead of sending a token request without a verifier
 */
export const authjsFetch: typeof fetch = async (input, init) => {
  // Only the token request has a body.
  const body = init?.body
  if (body) {
    const codeVerifier = answering.getStore()?.codeVerifier
    if (codeVerifier === undefined || !(body instanceof URLSearchParams))
      throw new Error("A token request has to carry the verifier of its flow.")
    body.set("code_verifier", codeVerifier)
  }
  return bitbucketFetch(input, init)
}

type Given = {
  /**
   * The whole query that Auth.js reads. It would copy every parameter of the browser's own query into the authorization
   * request, overriding its own.
   */
  search: string
  body?: Uint8Array<ArrayBuffer>
  /** For a callback: the verifier of its authorization request. */
  codeVerifier?: string
}

/**
 * Lets Auth.js answer a request.
 *
 * @returns its response, which `browserResponse` makes fit for a browser, and the error that it reported to its logger,
 *   because the response says next to nothing about it
 */
export async function askAuthjs(
  handler: AuthjsHandler,
  request: NextRequest,
  given: Given,
): Promise<{ answer: Response; error: Error | undefined }> {
  const current: { error?: Error; codeVerifier: string | undefined } = { codeVerifier: given.codeVerifier }
  const answer = await answering.run(current, () => handler(authjsRequest(request, given)))
  return { answer, error: current.error }
}

/**
 * Auth.js joins every cookie whose *name begins* like the session cookie's, so a sibling host's cookie could
 * sign a user out; and it fails if its callback-url cookie is not a URL. We pass on neither.
 */
function authjsRequest(request: NextRequest, { search, body }: Given): NextRequest {
  const { sessionToken, csrfToken } = authCookies()
  const cookies = [sessionToken, csrfToken].flatMap(({ name }) => {
    const value = request.cookies.get(name)?.value
    return value ? [[name, value] as const] : []
  })
  const headers = new Headers(request.headers)
  headers.set("cookie", cookies.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("; "))
  return new NextRequest(appOrigin(request) + request.nextUrl.pathname + search, {
    // Auth.js supports no other method; Next drops the body of a response to HEAD.
    method: request.method === "POST" ? "POST" : "GET",
    headers,
    ...(request.method === "POST" && body && { body }),
  })
}

/** A response of Auth.js for the browser: with only the cookies named here, and not cacheable. */
export function browserResponse(answer: Response, keptCookies: readonly string[]): NextResponse {
  const headers = new Headers(answer.headers)
  headers.delete("set-cookie")
  for (const line of answer.headers.getSetCookie())
    if (keptCookies.includes(nameAndValue(line).name)) headers.append("set-cookie", line)
  headers.set("cache-control", noStore["cache-control"])
  return new NextResponse(answer.body, { status: answer.status, headers })
}

function nameAndValue(setCookie: string): { name: string; value: string } {
  const [pair = ""] = setCookie.split(";")
  const separator = pair.indexOf("=")
  return { name: pair.slice(0, separator), value: decodeURIComponent(pair.slice(separator + 1)) }
}

/** Whether an error that Auth.js reported is of one of these types. */
export function isAuthjsError(error: Error | undefined, ...types: string[]): boolean {
  return error !== undefined && "type" in error && types.includes(String(error.type))
}
