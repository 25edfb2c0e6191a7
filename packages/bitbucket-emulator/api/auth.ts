import type { Context, MiddlewareHandler } from "hono"
import { routePath } from "hono/route"
import type { Bitbucket } from "../bitbucket.ts"
import { grantsScope, maximalScopes, type Scope } from "../oauth2/scopes.ts"
import { countCall, type RateLimitReading } from "../rate-limit.ts"
import type { Visitor } from "../workspaces.ts"
import { type Caller, identifyCaller } from "./caller.ts"
import { apiError } from "./reply.ts"

export interface ApiEnv {
  Bindings: {
    /** What links to the API begin with: not the same for calls through the site's host (BB-U12). */
    apiUrl: string
    /** The address as it arrived, which is what a signature covers. */
    requestUrl: string
  }
  Variables: { caller: Caller }
}

/** Lets a call through whose credentials are good and carry every scope in `required`; hands the route its caller. */
export function requireScopes(
  bitbucket: Bitbucket,
  ...required: readonly Scope[]
): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    if (/^Basic\b/i.test(context.req.header("Authorization") ?? "")) return refuseBasic(context)
    const identification = identifyCaller(bitbucket, context, context.env.requestUrl)
    if (!identification.ok) {
      const { message, isAnonymous } = identification
      // One machine calls an emulator, so there is one address.
      const reading = isAnonymous ? countCall(bitbucket, { address: "127.0.0.1" }) : null
      if (reading !== null) announceAnonymousLimit(context, reading)
      return reading?.isExceeded ? refuseForRate(context) : apiError(context, 401, { message })
    }

    const { client, scopes, credentialType } = identification.caller
    // BB-H2: nothing announces the limit of an OAuth client.
    const reading = countCall(bitbucket, { clientKey: client.key, resource: routePath(context) })
    if (reading?.isExceeded) return refuseForRate(context)
    if (required.length > 0) context.header("X-Accepted-OAuth-Scopes", required.join(", "))
    context.header("X-OAuth-Scopes", maximalScopes(scopes).join(", "))
    context.header("X-Credential-Type", credentialType) // BB-H5, BB-O8
    if (!required.every((scope) => grantsScope(scopes, scope))) {
      return apiError(context, 403, {
        message: "Your credentials lack one or more required privilege scopes.",
        detail: { granted: scopes, required },
      }) // BB-P6
    }
    context.set("caller", identification.caller)
    await next()
    return undefined
  }
}

/** The caller as workspaces and repositories see them. */
export function visitorOf(context: Context<ApiEnv>): Visitor {
  const { person, client } = context.get("caller")
  return { username: person?.username ?? null, workspace: client.workspace }
}

/** BB-P3: app passwords ended on 28 July 2026, so every Basic credential is a bad one. */
function refuseBasic(context: Context): Response {
  context.header("WWW-Authenticate", 'Basic realm="Bitbucket.org HTTP"')
  return context.text("Login failed due to incorrect login credentials or method.\n", 401)
}

/** BB-P12, BB-H4: 46 bytes of plain text and no Retry-After. */
function refuseForRate(context: Context): Response {
  return context.text("Rate limit for this resource has been exceeded", 429)
}

/** BB-H3, seen on anonymous answers; that a refused call carries them too is assumed. */
function announceAnonymousLimit(context: Context, reading: RateLimitReading): void {
  const { limit, windowSeconds, remaining, resetSeconds } = reading
  context.header("X-RateLimit-Limit", `${limit}, ${limit};w=${windowSeconds}`)
  context.header("X-RateLimit-Remaining", String(remaining))
  context.header("X-RateLimit-Reset", String(resetSeconds))
}
