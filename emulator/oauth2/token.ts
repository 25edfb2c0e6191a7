import { Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import { readForm } from "../form.ts"
import { noteBody } from "../reply-body.ts"
import { spacedJson } from "../spaced-json.ts"
import type { OAuthClient } from "../state.ts"
import { errorPage } from "../web/error-page.ts"
import { authorizationCodeGrant } from "./authorization-code-grant.ts"
import { authenticateClient } from "./client-authentication.ts"
import { refreshTokenGrant } from "./refresh-token-grant.ts"
import { refuse, type TokenReply } from "./token-reply.ts"

type GrantType = (bitbucket: Bitbucket, client: OAuthClient, form: URLSearchParams) => TokenReply

/** BB-T4. */
const grantTypes = new Map<string, GrantType>([
  ["authorization_code", authorizationCodeGrant],
  ["refresh_token", refreshTokenGrant],
])

/** `POST /site/oauth2/access_token`: the token endpoint. */
export function tokenRoutes(bitbucket: Bitbucket): Hono {
  const routes = new Hono()
  routes.post("/site/oauth2/access_token", async (context) => {
    const authorization = context.req.header("Authorization") ?? null
    if (/^Bearer\b/i.test(authorization ?? "")) {
      // BB-T3: the recorded answer is HTML; its status was not.
      return context.html(errorPage("Bad request", "The token endpoint takes client credentials."), 400)
    }
    // BB-T1: anything but a form, JSON above all, is read as a request without a grant.
    const form = await readForm(context.req.raw)
    const authentication = authenticateClient(bitbucket, authorization, form)
    const reply = authentication.ok ? exchange(bitbucket, authentication.client, form) : authentication.reply
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

function exchange(bitbucket: Bitbucket, client: OAuthClient, form: URLSearchParams): TokenReply {
  const name = form.get("grant_type")
  const grantType = grantTypes.get(name ?? "")
  if (grantType === undefined) return refuse("invalid_grant", `Unsupported grant type: ${name ?? "None"}`) // BB-E3
  return grantType(bitbucket, client, form)
}
