import { type Context, Hono } from "hono"
import { type Bitbucket, contractOf } from "../bitbucket.ts"
import { readForm } from "../form.ts"
import { callbackLocation } from "../oauth2/authorization-request.ts"
import { findDecision, rememberDecision } from "../oauth2/consent-decisions.ts"
import { createGrant } from "../oauth2/tokens.ts"
import type { OAuthClient, Person, RequestToken } from "../state.ts"
import { getSignedInPerson, viewerOf } from "../web/browser-session.ts"
import { consentPage } from "../web/consent.ts"
import { hasCsrfToken } from "../web/csrf.ts"
import { errorPage } from "../web/error-page.ts"
import { csrfFailed, signInPath } from "../web/sign-in.ts"
import { refusedPage, verifierPage } from "../web/verifier.ts"
import { isOAuth1Gone } from "./gone.ts"
import { approveRequestToken, findRequestToken, oauth1Scopes } from "./tokens.ts"

/** The page to which the browser brings a request token for the person's decision (BB-O1, BB-O5, BB-O7). */
export function oauth1AuthenticateRoutes(bitbucket: Bitbucket, path = "/api/1.0/oauth/authenticate"): Hono {
  const routes = new Hono()

  routes.get(path, (context) => {
    if (isOAuth1Gone(bitbucket)) return gonePage(context)
    const question = findQuestion(bitbucket, context.req.query("oauth_token"))
    if (question === null) return context.html(invalidToken(), 400)
    const { client, requestToken } = question
    const ownAddress = `${path}?oauth_token=${requestToken.token}`
    const person = getSignedInPerson(context, bitbucket)
    const viewer = viewerOf(context, bitbucket)
    if (person === null || viewer === null) return context.redirect(signInPath(ownAddress))
    const remembered = findDecision(bitbucket, { client, scopes: oauth1Scopes(bitbucket, client) }, person)
    if (remembered === "allow") return approve(context, bitbucket, question, person)
    if (remembered === "deny") return deny(context, bitbucket, question)
    context.header("X-Frame-Options", "DENY")
    return context.html(
      consentPage({
        client,
        scopes: oauth1Scopes(bitbucket, client),
        action: path,
        carried: [["oauth_token", requestToken.token]],
        askAgain: ownAddress,
        callback: requestToken.callback,
        person,
        viewer,
      }),
    )
  })

  routes.post(path, async (context) => {
    if (isOAuth1Gone(bitbucket)) return gonePage(context)
    const form = await readForm(context.req.raw)
    const question = findQuestion(bitbucket, form.get("oauth_token") ?? context.req.query("oauth_token"))
    if (question === null) return context.html(invalidToken(), 400)
    const { client, requestToken } = question
    const person = getSignedInPerson(context, bitbucket)
    if (person === null) return context.redirect(signInPath(`${path}?oauth_token=${requestToken.token}`))
    if (!hasCsrfToken(context, form)) return context.html(csrfFailed(), 403)
    const action = form.get("action")
    if (action !== "approve" && action !== "deny") {
      return context.html(errorPage("Bad request", "The answer must be approve or deny."), 400)
    }
    const verdict = action === "approve" ? "allow" : "deny"
    rememberDecision(bitbucket, { client, scopes: oauth1Scopes(bitbucket, client) }, person, verdict)
    return action === "approve"
      ? approve(context, bitbucket, question, person)
      : deny(context, bitbucket, question)
  })

  return routes
}

interface Asked {
  readonly client: OAuthClient
  readonly requestToken: RequestToken
}

/** A request token without a decision yet, and its client. */
function findQuestion(bitbucket: Bitbucket, token: string | undefined): Asked | null {
  const requestToken = findRequestToken(bitbucket, token ?? "")
  const client = bitbucket.state.clients.get(requestToken?.clientKey ?? "")
  if (requestToken === null || requestToken.verifier !== null || client === undefined) return null
  return { client, requestToken }
}

/** BB-O5: back with the verifier, or BB-O7: shows it for the person to type where they came from. */
function approve(
  context: Context,
  bitbucket: Bitbucket,
  { client, requestToken }: Asked,
  { username }: Person,
) {
  const grant = createGrant(bitbucket, {
    clientKey: client.key,
    username,
    scopes: oauth1Scopes(bitbucket, client),
    flow: "oauth1",
  })
  const oauth_verifier = approveRequestToken(bitbucket, requestToken, grant)
  const { callback, token: oauth_token } = requestToken
  if (callback === null) {
    context.header("Cache-Control", "no-store")
    return context.html(verifierPage(client.name, oauth_verifier, viewerOf(context, bitbucket)))
  }
  return context.redirect(callbackLocation(callback, { oauth_verifier, oauth_token }))
}

/** BB-O9: not found. Assumed: the name from the OAuth Problem Reporting extension, which Atlassian's own libraries use. */
function deny(context: Context, bitbucket: Bitbucket, { client, requestToken }: Asked) {
  bitbucket.state.requestTokens.delete(requestToken.token)
  const { callback, token: oauth_token } = requestToken
  if (callback === null) return context.html(refusedPage(client.name, viewerOf(context, bitbucket)))
  const oauth_problem = contractOf(bitbucket).dataCenter ? "permissions_denied" : "permission_denied" // BB-D9
  return context.redirect(callbackLocation(callback, { oauth_problem, oauth_token }))
}

function gonePage(context: Context) {
  const detail = "Bitbucket ended OAuth 1.0a in early 2026. The switch oauth1 brings it back here."
  return context.html(errorPage("OAuth 1.0a is gone", detail), 401)
}

function invalidToken() {
  return errorPage("Invalid request token", "It is unknown or expired, or was decided on before.")
}
