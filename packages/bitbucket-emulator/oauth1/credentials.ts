import { type Context, Hono } from "hono"
import type { Bitbucket } from "../bitbucket.ts"
import { readForm } from "../form.ts"
import { pruneWhenDue } from "../oauth2/pruning.ts"
import { findLiveGrant } from "../oauth2/tokens.ts"
import { isOAuth1Gone, oauth1IsGone } from "./gone.ts"
import { isSameSignature } from "./rfc5849.ts"
import { type PresentedRequest, UNVERIFIED, verifySignedRequest } from "./signed-request.ts"
import { createRequestToken, findRequestToken, redeemRequestToken } from "./tokens.ts"

const CLOUD = { requestToken: "/api/1.0/oauth/request_token", accessToken: "/api/1.0/oauth/access_token" }

/** What a route of the site needs besides its request. */
export interface SiteEnv {
  /** The address as it arrived, which a signature covers. */
  Bindings: { requestUrl: string }
}

/** The two requests that a client signs by itself: for temporary credentials and for token credentials (BB-O1). */
export function oauth1CredentialRoutes(bitbucket: Bitbucket, paths = CLOUD): Hono<SiteEnv> {
  const routes = new Hono<SiteEnv>()

  routes.post(paths.requestToken, async (context) => {
    if (isOAuth1Gone(bitbucket)) return oauth1IsGone(context)
    const verification = verifySignedRequest(bitbucket, await presentedRequest(context), {
      required: ["oauth_callback"],
      allowsPlaintext: true, // BB-O3
      secretOf: () => null,
    })
    if (!verification.ok) return refuse(context, verification.problem)
    const callback = parseCallback(verification.parameters.get("oauth_callback") ?? "")
    if (callback === undefined) return refuse(context, UNVERIFIED)
    const { token, secret } = createRequestToken(bitbucket, { clientKey: verification.client.key, callback })
    pruneWhenDue(bitbucket)
    return formReply(context, {
      oauth_token_secret: secret,
      oauth_token: token,
      oauth_callback_confirmed: "true",
    }) // BB-O4
  })

  routes.post(paths.accessToken, async (context) => {
    if (isOAuth1Gone(bitbucket)) return oauth1IsGone(context)
    const verification = verifySignedRequest(bitbucket, await presentedRequest(context), {
      required: ["oauth_token", "oauth_verifier"],
      allowsPlaintext: false, // BB-O3
      secretOf: (token, client) => {
        const found = findRequestToken(bitbucket, token)
        return found?.clientKey === client.key ? found.secret : null
      },
    })
    if (!verification.ok) return refuse(context, verification.problem)
    const { parameters } = verification
    const requestToken = findRequestToken(bitbucket, parameters.get("oauth_token") ?? "")
    const grant = requestToken && findLiveGrant(bitbucket, requestToken.grantId ?? "")
    if (!requestToken || requestToken.verifier === null || grant === null) {
      return refuse(context, "Invalid request token.")
    }
    if (!isSameSignature(parameters.get("oauth_verifier") ?? "", requestToken.verifier)) {
      return refuse(context, "Invalid OAuth verifier.")
    }
    const { token, secret } = redeemRequestToken(bitbucket, requestToken, grant)
    return formReply(context, { oauth_token_secret: secret, oauth_token: token }) // BB-O6
  })

  return routes
}

/** The signature covers the address as it arrived, with or without a trailing slash. */
async function presentedRequest(context: Context<SiteEnv>): Promise<PresentedRequest> {
  return {
    method: context.req.method,
    url: context.env.requestUrl,
    authorization: context.req.header("Authorization") ?? null,
    form: await readForm(context.req.raw),
  }
}

/**
 * null for a verifier typed by hand: `oob` is RFC 5849's word, unconfirmed for Bitbucket (BB-O7). Assumed: any web
 * address will do, because a consumer of OAuth 1.0a did not have to register one.
 */
function parseCallback(callback: string): string | null | undefined {
  if (callback === "oob") return null
  return /^https?:\/\//i.test(callback) && URL.canParse(callback) ? callback : undefined
}

function formReply(context: Context, fields: Record<string, string>): Response {
  return context.body(new URLSearchParams(fields).toString(), 200, {
    "Content-Type": "application/x-www-form-urlencoded",
    "Cache-Control": "no-store",
  })
}

function refuse(context: Context, problem: string): Response {
  return context.text(problem, 400)
}
