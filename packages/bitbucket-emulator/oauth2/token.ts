import { Hono } from "hono"
import { type Bitbucket, contractOf } from "../bitbucket.ts"
import { readForm } from "../form.ts"
import { noteBody } from "../reply-body.ts"
import { spacedJson } from "../spaced-json.ts"
import type { OAuthClient } from "../state.ts"
import { errorPage } from "../web/error-page.ts"
import { authorizationCodeGrant } from "./authorization-code-grant.ts"
import { authenticateClient } from "./client-authentication.ts"
import { clientCredentialsGrant } from "./client-credentials-grant.ts"
import { JWT_GRANT_TYPE, jwtGrant } from "./jwt-grant.ts"
import { passwordGrant } from "./password-grant.ts"
import { pruneWhenDue } from "./pruning.ts"
import { refreshTokenGrant } from "./refresh-token-grant.ts"
import { refuse, type TokenReply } from "./token-reply.ts"

type GrantType = (bitbucket: Bitbucket, client: OAuthClient, form: URLSearchParams) => TokenReply

/** BB-T4. The JWT grant is separate, because the JWT is the client authentication. */
const grantTypes = new Map<string, GrantType>([
  ["authorization_code", authorizationCodeGrant],
  ["refresh_token", refreshTokenGrant],
  ["client_credentials", clientCredentialsGrant],
])

/** Bitbucket Data Center supports only these. */
const dataCenterGrantTypes = new Map<string, GrantType>([
  ["authorization_code", authorizationCodeGrant],
  ["refresh_token", refreshTokenGrant],
])

/** BB-C7: refused since 2026, like every unknown grant type. */
const olderGrantTypes = new Map<string, GrantType>([["password", passwordGrant]])

/** The token endpoint: a POST of a form. */
export function tokenRoutes(bitbucket: Bitbucket, path = "/site/oauth2/access_token"): Hono {
  const routes = new Hono()
  routes.post(path, async (context) => {
    const authorization = context.req.header("Authorization") ?? null
    const isCloud = contractOf(bitbucket).dataCenter === null
    if (isCloud && /^Bearer\b/i.test(authorization ?? "")) {
      // BB-T3: the HTML is recorded; the status is not.
      return context.html(errorPage("Bad request", "The token endpoint takes client credentials."), 400)
    }
    // BB-T1: anything but a form, such as JSON, counts as a request without a grant.
    const form = await readForm(context.req.raw)
    const reply = answer(bitbucket, authorization, form)
    pruneWhenDue(bitbucket)
    const body = reply.ok ? reply.body : { error_description: reply.description, error: reply.error }
    const response = context.body(spacedJson(body), reply.ok ? 200 : 400, {
      "Content-Type": "application/json; charset=utf-8",
      "Cache-Control": "no-store",
      Pragma: "no-cache",
    })
    return noteBody(response, body)
  })
  return routes
}

function answer(bitbucket: Bitbucket, authorization: string | null, form: URLSearchParams): TokenReply {
  const isCloud = contractOf(bitbucket).dataCenter === null
  if (isCloud && form.get("grant_type") === JWT_GRANT_TYPE) return jwtGrant(bitbucket, authorization)
  const authentication = authenticateClient(bitbucket, authorization, form)
  return authentication.ok ? exchange(bitbucket, authentication.client, form) : authentication.reply
}

function exchange(bitbucket: Bitbucket, client: OAuthClient, form: URLSearchParams): TokenReply {
  const name = form.get("grant_type")
  if (contractOf(bitbucket).dataCenter !== null) {
    const grantType = dataCenterGrantTypes.get(name ?? "")
    if (grantType !== undefined) return grantType(bitbucket, client, form)
    return refuse("unsupported_grant_type", `Unsupported grant type: ${name ?? "None"}`) // EM-9
  }
  const isOlder = contractOf(bitbucket).allowsImplicitAndPassword
  const grantType = grantTypes.get(name ?? "") ?? (isOlder ? olderGrantTypes.get(name ?? "") : undefined)
  if (grantType === undefined) return refuse("invalid_grant", `Unsupported grant type: ${name ?? "None"}`) // BB-E3
  return grantType(bitbucket, client, form)
}
