import type { Context, MiddlewareHandler } from "hono"
import { type Bitbucket, contractOf } from "../bitbucket.ts"
import { parseForm } from "../form.ts"
import { grantsScope, maximalScopes, type Scope } from "../oauth2/scopes.ts"
import { findLiveGrant, isAccessTokenExpired } from "../oauth2/tokens.ts"
import type { Grant, Person } from "../state.ts"
import { apiError } from "./reply.ts"

export interface ApiEnv {
  Variables: { person: Person; grant: Grant }
}

/** Lets a call through whose bearer token is alive and carries `required`; hands the route its person. */
export function requireScope(bitbucket: Bitbucket, required: Scope): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const authorization = context.req.header("Authorization")
    if (/^Basic\b/i.test(authorization ?? "")) return refuseBasic(context)
    const contract = contractOf(bitbucket)
    const presented = await readBearerToken(context, bitbucket)
    const token = bitbucket.state.accessTokens.get(presented ?? "")
    const grant = token && findLiveGrant(bitbucket, token.grantId)
    const person = grant && bitbucket.state.people.get(grant.username)
    if (!token || !grant || !person) return apiError(context, 401, { message: contract.invalidTokenMessage })
    if (isAccessTokenExpired(bitbucket, token)) {
      return apiError(context, 401, { message: contract.expiredTokenMessage }) // BB-P1, BB-P2
    }

    context.header("X-Accepted-OAuth-Scopes", required)
    context.header("X-OAuth-Scopes", maximalScopes(grant.scopes).join(", "))
    context.header("X-Credential-Type", "oauth2")
    if (!grantsScope(grant.scopes, required)) {
      return apiError(context, 403, {
        message: "Your credentials lack one or more required privilege scopes.",
        detail: { granted: grant.scopes, required: [required] },
      }) // BB-P6
    }
    context.set("person", person)
    context.set("grant", grant)
    await next()
  }
}

/** BB-C5: the header is the only place in 2026; a token anywhere else is as good as none. */
async function readBearerToken(context: Context, bitbucket: Bitbucket): Promise<string | null> {
  const locations = contractOf(bitbucket).bearerLocations
  const fromHeader = /^Bearer +(\S+)$/i.exec(context.req.header("Authorization") ?? "")?.[1]
  if (fromHeader !== undefined) return fromHeader
  const fromQuery = context.req.query("access_token")
  if (fromQuery !== undefined && locations.includes("query")) return fromQuery
  if (!locations.includes("form") || context.req.method === "GET") return null
  const contentType = context.req.header("Content-Type") ?? null
  return parseForm(contentType, await context.req.text()).get("access_token")
}

/** BB-P3: app passwords are not emulated, so every Basic credential is a bad one; the prose is ours. */
function refuseBasic(context: Context): Response {
  context.header("WWW-Authenticate", 'Basic realm="Bitbucket.org HTTP"')
  return context.text("The username and password that came with this request are not valid.\n", 401)
}
