import type { Context, MiddlewareHandler } from "hono"
import { routePath } from "hono/route"
import type { Bitbucket } from "../bitbucket.ts"
import type { Scope } from "../oauth2/scopes.ts"
import { countCall, type RateLimitReading } from "../rate-limit.ts"
import type { Visitor } from "../workspaces.ts"
import { anonymousCaller, type Caller, type Credential, identifyCaller, type Operation } from "./caller.ts"
import { apiError } from "./reply.ts"
import type { ApiTokenScope } from "./token-scopes.ts"

export interface ApiEnv {
  Bindings: {
    /** The base of links to the API: calls through the site's host have another one (BB-U12). */
    apiUrl: string
    /** The address as it arrived, which a signature covers. */
    requestUrl: string
  }
  Variables: { caller: Caller }
}

/** Admits a call with valid credentials and every scope it needs, and passes the caller to the route. */
export function requireScopes(
  bitbucket: Bitbucket,
  scopes: readonly Scope[],
  apiTokenScopes: readonly ApiTokenScope[],
): MiddlewareHandler<ApiEnv> {
  return identifyAndAdmit(bitbucket, { scopes, apiTokenScopes }, { admitsAnonymous: false })
}

/** The same for public resources: also admits a call without any credentials (BB-W11). */
export function admitPublic(
  bitbucket: Bitbucket,
  scopes: readonly Scope[],
  apiTokenScopes: readonly ApiTokenScope[],
): MiddlewareHandler<ApiEnv> {
  return identifyAndAdmit(bitbucket, { scopes, apiTokenScopes }, { admitsAnonymous: true })
}

function identifyAndAdmit(
  bitbucket: Bitbucket,
  operation: Operation,
  { admitsAnonymous }: { admitsAnonymous: boolean },
): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const identification = identifyCaller(bitbucket, context, context.env.requestUrl)
    if (!identification.ok && identification.isBasic) return refuseBasic(context)
    if (!identification.ok && (identification.hasCredentials || !admitsAnonymous)) {
      const { message, isAnonymous } = identification
      const isExceeded = isAnonymous && countAnonymous(bitbucket, context)
      return isExceeded ? refuseForRate(context) : apiError(context, 401, { message })
    }
    if (!identification.ok) {
      if (countAnonymous(bitbucket, context)) return refuseForRate(context)
      context.set("caller", anonymousCaller)
      await next()
      return undefined
    }

    const { caller } = identification
    const refusal = caller.credential && refuseCredential(bitbucket, context, caller.credential, operation)
    if (refusal) return refusal
    context.set("caller", caller)
    await next()
    return undefined
  }
}

function refuseCredential(
  bitbucket: Bitbucket,
  context: Context<ApiEnv>,
  credential: Credential,
  operation: Operation,
): Response | null {
  const { counter, type, scopes, topScopes } = credential
  const reading = countCall(bitbucket, { counter, resource: routePath(context) })
  if (reading !== null && type.endsWith("_access_token")) announceTokenLimit(context, reading)
  if (reading?.isExceeded) return refuseForRate(context)
  const required = credential.requiredOf(operation)
  if (required.length > 0) context.header("X-Accepted-OAuth-Scopes", required.join(", "))
  context.header("X-OAuth-Scopes", topScopes.join(", "))
  context.header("X-Credential-Type", type)
  if (credential.grants(operation)) return null
  return apiError(context, 403, {
    message: "Your credentials lack one or more required privilege scopes.",
    detail: { granted: scopes, required },
  }) // BB-P6, BB-S7
}

/** The caller as workspaces and repositories see them. */
export function visitorOf(context: Context<ApiEnv>): Visitor {
  return context.get("caller").visitor
}

/** BB-P3: neither an address with an API token of that person, nor any other credential still accepted. */
function refuseBasic(context: Context): Response {
  context.header("WWW-Authenticate", 'Basic realm="Bitbucket.org HTTP"')
  return context.text("Login failed due to incorrect login credentials or method.\n", 401)
}

/** BB-P12, BB-H4: 46 bytes of plain text and no Retry-After. */
function refuseForRate(context: Context): Response {
  return context.text("Rate limit for this resource has been exceeded", 429)
}

/**
 * Counts a call without valid credentials, and says whether it is one too many. One machine calls an emulator, so there is one
 * address. BB-H3, seen on anonymous answers; assumed: a refused call carries the headers too.
 */
function countAnonymous(bitbucket: Bitbucket, context: Context): boolean {
  const reading = countCall(bitbucket, { address: "127.0.0.1" })
  if (reading === null) return false
  const { limit, windowSeconds, remaining, resetSeconds } = reading
  context.header("X-RateLimit-Limit", `${limit}, ${limit};w=${windowSeconds}`)
  context.header("X-RateLimit-Remaining", String(remaining))
  context.header("X-RateLimit-Reset", String(resetSeconds))
  return reading.isExceeded
}

/** BB-H2: only for access tokens. Assumed: the resource's name is its path, and "near" means a fifth. */
function announceTokenLimit(context: Context, { limit, remaining }: RateLimitReading): void {
  context.header("X-RateLimit-Limit", String(limit))
  context.header("X-RateLimit-Resource", routePath(context))
  context.header("X-RateLimit-NearLimit", String(remaining < limit / 5))
}
