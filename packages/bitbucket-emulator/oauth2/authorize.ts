import { type Context, Hono } from "hono"
import { type Bitbucket, contractOf } from "../bitbucket.ts"
import { readForm } from "../form.ts"
import type { Person } from "../state.ts"
import { getSignedInPerson, viewerOf } from "../web/browser-session.ts"
import { consentPage } from "../web/consent.ts"
import { hasCsrfToken } from "../web/csrf.ts"
import { errorPage } from "../web/error-page.ts"
import { csrfFailed, signInPath } from "../web/sign-in.ts"
import {
  type AuthorizationRequest,
  authorizationParameters,
  callbackLocation,
  parseAuthorizationRequest,
} from "./authorization-request.ts"
import { findDecision, rememberDecision } from "./consent-decisions.ts"
import { createGrant, issueAccessToken } from "./tokens.ts"

/** The authorization endpoint: the question on GET, the answer on POST. */
export function authorizeRoutes(bitbucket: Bitbucket, path = "/site/oauth2/authorize"): Hono {
  const routes = new Hono()

  routes.get(path, (context) => {
    const parameters = new URL(context.req.url).searchParams
    const parsed = parseAuthorizationRequest(bitbucket, parameters)
    if (parsed.outcome === "page") return context.html(errorPage(parsed.title, parsed.detail), 400)
    if (parsed.outcome === "redirect") return context.redirect(parsed.location)
    const person = getSignedInPerson(context, bitbucket)
    const viewer = viewerOf(context, bitbucket)
    if (person === null || viewer === null) return context.redirect(signInPath(pathOf(context)))
    const remembered = findDecision(bitbucket, parsed.request, person)
    if (remembered === "allow") return context.redirect(approve(bitbucket, parsed.request, person))
    if (remembered === "deny") return context.redirect(deny(parsed.request))
    context.header("X-Frame-Options", "DENY")
    const { client, scopes, callback } = parsed.request
    return context.html(
      consentPage({
        client,
        scopes,
        action: path,
        carried: carriedParameters(parameters),
        askAgain: `${path}?${parameters}`,
        callback,
        person,
        viewer,
      }),
    )
  })

  routes.post(path, async (context) => {
    const form = await readForm(context.req.raw)
    const parameters = withoutAnswer(new URL(context.req.url).searchParams, form)
    const parsed = parseAuthorizationRequest(bitbucket, parameters)
    if (parsed.outcome === "page") return context.html(errorPage(parsed.title, parsed.detail), 400)
    const person = getSignedInPerson(context, bitbucket)
    if (person === null) return context.redirect(signInPath(`${path}?${parameters}`))
    if (!hasCsrfToken(context, form)) return context.html(csrfFailed(), 403)
    if (parsed.outcome === "redirect") return context.redirect(parsed.location)
    const action = form.get("action")
    if (action === "approve") {
      rememberDecision(bitbucket, parsed.request, person, "allow")
      return context.redirect(approve(bitbucket, parsed.request, person))
    }
    if (action === "deny") {
      rememberDecision(bitbucket, parsed.request, person, "deny")
      return context.redirect(deny(parsed.request))
    }
    return context.html(errorPage("Bad request", "The answer must be approve or deny."), 400)
  })

  return routes
}

/** The values that the consent form carries from the authorization request to the decision. */
function carriedParameters(parameters: URLSearchParams): [name: string, value: string][] {
  return authorizationParameters.flatMap((name) => {
    const value = parameters.get(name)
    return value === null ? [] : [[name, value]]
  })
}

function pathOf(context: Context): string {
  const { pathname, search } = new URL(context.req.url)
  return `${pathname}${search}`
}

/** The authorization request again, from the form or from the address. */
function withoutAnswer(query: URLSearchParams, form: URLSearchParams): URLSearchParams {
  const parameters = new URLSearchParams(query)
  for (const [name, value] of form) parameters.set(name, value)
  parameters.delete("csrfmiddlewaretoken")
  parameters.delete("action")
  return parameters
}

function approve(bitbucket: Bitbucket, request: AuthorizationRequest, person: Person): string {
  const { randomness, clock, config, state } = bitbucket
  const grant = createGrant(bitbucket, {
    clientKey: request.client.key,
    username: person.username,
    scopes: request.scopes,
    flow: "oauth2",
  })
  if (request.responseType === "token") {
    // Official: `#access_token=…&token_type=bearer`, and no refresh token. The other parameters are assumed.
    const answer = {
      access_token: issueAccessToken(bitbucket, grant),
      scopes: request.scopes.join(" "),
      expires_in: String(config.access_token_ttl_seconds),
      token_type: "bearer",
      state: request.state,
    }
    return callbackLocation(request.callback, answer, "token")
  }
  const { longestCodeSeconds = Number.POSITIVE_INFINITY } = contractOf(bitbucket).dataCenter ?? {} // BB-D2
  const code = randomness.alphanumeric(18) // BB-A13
  state.authorizationCodes.set(code, {
    code,
    grantId: grant.id,
    redirectUri: request.redirectUri,
    codeChallenge: request.codeChallenge,
    codeChallengeMethod: request.codeChallengeMethod,
    expiresAtMs: clock.now() + Math.min(config.code_ttl_seconds, longestCodeSeconds) * 1000,
    usedAtMs: null,
  })
  return callbackLocation(request.callback, { code, state: request.state })
}

function deny(request: AuthorizationRequest): string {
  // BB-A14: assumed, after RFC 6749 §4.1.2.1; the description is ours.
  const error_description = "The resource owner denied the request."
  const answer = { error: "access_denied", error_description, state: request.state }
  return callbackLocation(request.callback, answer, request.responseType)
}
