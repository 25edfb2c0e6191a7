import "server-only"
import { AsyncLocalStorage } from "node:async_hooks"
import { decode, encode } from "@auth/core/jwt"
import type { CookieOption, CookiesOptions, LoggerInstance } from "@auth/core/types"
import { NextRequest, NextResponse } from "next/server"
import { z } from "zod"
import { environment } from "@/lib/env"
import { appOrigin } from "@/lib/server/app-origin"
import { cookieName, cookieOptions } from "@/lib/server/cookies"
import { log } from "@/lib/server/log"
import { noStore } from "@/lib/server/response-headers"
import { sessionCookieName } from "@/lib/sessions/session-cookie"
import { FLOW_LIFETIME_SECONDS } from "./flow-cookie"

/**
 * Everything that goes into Auth.js and comes out of it. Auth.js sees requests on the app's own origin, with its own
 * cookies and parameters only; browsers get its responses without the cookies and caching that we do not want; and only this
 * file sees the errors that Auth.js reports.
 *
 * Auth.js never sees `next`: the flow cookie keeps it.
 */

/** A route handler of Auth.js. */
export type AuthjsHandler = (request: NextRequest) => Promise<Response>

const PROVIDER = "bitbucket"

/** The cookies of Auth.js under our names: its own are `__Secure-`, which a sibling host can set. */
export function authCookies() {
  return {
    sessionToken: { name: sessionCookieName(), options: cookieOptions() },
    csrfToken: cookie("authjs.csrf-token"),
    state: cookie("authjs.state"),
    pkceCodeVerifier: cookie("authjs.pkce.code_verifier"),
    callbackUrl: cookie("authjs.callback-url"),
  } satisfies Partial<CookiesOptions>
}

function cookie(name: string): CookieOption & { name: string } {
  return { name: cookieName(name), options: cookieOptions() }
}

const reportedError = new AsyncLocalStorage<{ error?: Error }>()

/** The logger for Auth.js. It writes only an error's type: messages and debug lines contain verifiers and tokens. */
export const authLogger: Partial<LoggerInstance> = {
  error(error) {
    const report = reportedError.getStore()
    if (report) report.error ??= error
    log.warn("auth_error", { code: "type" in error ? String(error.type) : error.name })
  },
  warn(code) {
    log.warn("auth_warning", { code })
  },
  debug() {},
}

/** What we need to remember about one authorization request until its response arrives. */
export type AuthorizationRequest = {
  state: string
  /** PKCE, RFC 7636 §4.1. */
  codeVerifier: string
}

type Given = {
  /**
   * The whole query that Auth.js reads. It would copy every parameter of the browser's own query into the authorization
   * request, overriding its own.
   */
  search: string
  body?: Uint8Array<ArrayBuffer>
  /** For a callback: replaces the two cookies that Auth.js would have set itself. */
  authorization?: AuthorizationRequest
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
  const report: { error?: Error } = {}
  const answer = await reportedError.run(report, async () => handler(await authjsRequest(request, given)))
  return { answer, error: report.error }
}

/**
 * Auth.js joins every cookie whose *name begins* like the session cookie's, so a sibling host's cookie could
 * sign a user out; and it fails if its callback-url cookie is not a URL. We pass on neither.
 */
async function authjsRequest(
  request: NextRequest,
  { search, body, authorization }: Given,
): Promise<NextRequest> {
  const { sessionToken, csrfToken } = authCookies()
  const cookies = [sessionToken, csrfToken].flatMap(({ name }) => {
    const value = request.cookies.get(name)?.value
    return value ? [[name, value] as const] : []
  })
  if (authorization) cookies.push(...(await checkCookies(authorization)))
  const headers = new Headers(request.headers)
  headers.set("cookie", cookies.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("; "))
  return new NextRequest(appOrigin(request) + request.nextUrl.pathname + search, {
    // Auth.js supports no other method; Next drops the body of a response to HEAD.
    method: request.method === "POST" ? "POST" : "GET",
    headers,
    ...(request.method === "POST" && body && { body }),
  })
}

/**
 * Auth.js seals `state` and the PKCE verifier in two cookies of half a kilobyte each, which leaves room for only a few
 * sign-ins at a time. The flow cookie stores just the verifier, and this recreates the two cookies for the callback.
 *
 * @see https://github.com/nextauthjs/next-auth/blob/main/packages/core/src/lib/actions/callback/oauth/checks.ts
 */
async function checkCookies({ state, codeVerifier }: AuthorizationRequest) {
  const names = authCookies()
  const sealed = async (name: string, value: string) => {
    const token = { value, provider: PROVIDER }
    const secret = environment().cookieSecrets
    return [name, await encode({ token, secret, salt: name, maxAge: FLOW_LIFETIME_SECONDS })] as const
  }
  return [await sealed(names.state.name, state), await sealed(names.pkceCodeVerifier.name, codeVerifier)]
}

const checkSchema = z.object({ value: z.string().min(1) })

/** The authorization request that a response of Auth.js starts; null if it starts none. */
export async function authorizationRequestIn(answer: Response): Promise<AuthorizationRequest | null> {
  const location = answer.headers.get("location")
  const state = location && URL.canParse(location) ? new URL(location).searchParams.get("state") : null
  if (!state) return null
  const salt = authCookies().pkceCodeVerifier.name
  const cookies = answer.headers.getSetCookie().map(nameAndValue)
  const token = cookies.find(({ name }) => name === salt)?.value ?? ""
  const { value } = checkSchema.parse(await decode({ token, secret: environment().cookieSecrets, salt }))
  return { state, codeVerifier: value }
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

/** The salt with which Auth.js seals a `state`. */
const STATE_SALT = "encodedState"

/** Whether this app made a `state`. Auth.js seals it, so this works even if another browser started the sign-in. */
export async function originOfState(state: string): Promise<"ours" | "ours_expired" | "foreign"> {
  try {
    await decode({ token: state, secret: environment().cookieSecrets, salt: STATE_SALT })
    return "ours"
  } catch (error) {
    const isExpired = error instanceof Error && "code" in error && error.code === "ERR_JWT_EXPIRED"
    return isExpired ? "ours_expired" : "foreign"
  }
}
