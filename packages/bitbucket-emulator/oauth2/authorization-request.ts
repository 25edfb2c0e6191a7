import { type Bitbucket, contractOf, scopesInForce } from "../bitbucket.ts"
import type { OAuthClient } from "../state.ts"
import { verifiesCodeChallenges } from "./pkce.ts"
import { admitsRedirectUri } from "./redirect-uri.ts"
import { isDataCenterScope, isScope, type Scope } from "./scopes.ts"

/** The parameters that the consent form carries from the authorization request to the decision. */
export const authorizationParameters = [
  "client_id",
  "response_type",
  "redirect_uri",
  "scope",
  "state",
  "code_challenge",
  "code_challenge_method",
] as const

/** An authorization request (RFC 6749 §4.1.1) that is valid enough to show to a person. */
export interface AuthorizationRequest {
  readonly client: OAuthClient
  readonly responseType: "code" | "token"
  readonly scopes: readonly Scope[]
  readonly state: string | null
  /** As the request spelled it, null if it had none. */
  readonly redirectUri: string | null
  /** Where the answer goes. */
  readonly callback: string
  readonly codeChallenge: string | null
  readonly codeChallengeMethod: "plain" | "S256"
}

export type ParsedAuthorizationRequest =
  | { readonly outcome: "valid"; readonly request: AuthorizationRequest }
  /** The callback cannot be trusted, so the person sees a page and no redirect happens (BB-A6). */
  | { readonly outcome: "page"; readonly title: string; readonly detail: string }
  | { readonly outcome: "redirect"; readonly location: string }

/** Checks an authorization request in the order that RFC 6749 §4.1.2.1 requires for its errors. */
export function parseAuthorizationRequest(
  bitbucket: Bitbucket,
  parameters: URLSearchParams,
): ParsedAuthorizationRequest {
  const client = bitbucket.state.clients.get(parameters.get("client_id") ?? "")
  if (client === undefined) return misconfigured("Invalid client_id")
  if (client.callback_url === null) return misconfigured("No callback uri defined for the OAuth client.")
  const redirectUri = parameters.get("redirect_uri")
  if (redirectUri !== null && !admitsRedirectUri(client.callback_url, redirectUri)) {
    return misconfigured("Invalid redirect_uri")
  }
  const callback = redirectUri ?? client.callback_url
  const state = parameters.get("state")
  const responseType = parseResponseType(bitbucket, parameters.get("response_type"))
  const refuse = (error: string, description: string): ParsedAuthorizationRequest => ({
    outcome: "redirect",
    location: callbackLocation(callback, { error, error_description: description, state }, responseType),
  })

  if (responseType === null) {
    // RFC 6749 §4.1.2.1 names the error; no recording shows Bitbucket's own message.
    return refuse("unsupported_response_type", "Only response_type=code is supported.")
  }
  const requestedScopes = (parameters.get("scope") ?? "").split(" ").filter((name) => name !== "")
  const isDataCenter = contractOf(bitbucket).dataCenter !== null
  const isKnown = (name: string) => isScope(name) && isDataCenterScope(name) === isDataCenter
  const unknownScope = requestedScopes.find((name) => !isKnown(name))
  if (unknownScope !== undefined) return refuse("invalid_scope", `Unknown scope: ${unknownScope}`) // BB-A8
  const codeChallengeMethod = parseChallengeMethod(parameters.get("code_challenge_method") ?? "plain")
  if (codeChallengeMethod === null && verifiesCodeChallenges(bitbucket)) {
    return refuse("invalid_request", "code_challenge_method must be plain or S256.") // RFC 7636 §4.4.1
  }

  return {
    outcome: "valid",
    request: {
      client,
      responseType,
      scopes: grantedScopes(bitbucket, client, requestedScopes.filter(isScope)),
      state,
      redirectUri,
      callback,
      // A challenge that no verifier could match counts as none.
      codeChallenge: codeChallengeMethod === null ? null : parameters.get("code_challenge"),
      codeChallengeMethod: codeChallengeMethod ?? "plain",
    },
  }
}

/**
 * The callback with the answer in its query (BB-A13, BB-A14), or for the implicit grant in its fragment (RFC 6749 §4.2.2);
 * an absent `state` stays absent (BB-A10).
 */
export function callbackLocation(
  callback: string,
  answer: Record<string, string | null>,
  responseType: AuthorizationRequest["responseType"] | null = "code",
): string {
  const url = new URL(callback)
  const added = new URLSearchParams()
  for (const [name, value] of Object.entries(answer)) if (value !== null) added.append(name, value)
  url.hash = responseType === "token" ? added.toString() : ""
  // As text, because `searchParams` would rewrite the callback's own query.
  if (responseType !== "token") url.search = url.search === "" ? `${added}` : `${url.search}&${added}`
  return url.href
}

function parseChallengeMethod(name: string): "plain" | "S256" | null {
  return name === "plain" || name === "S256" ? name : null
}

/** BB-A2, BB-C7: `code`, and before 2026 also `token`. */
function parseResponseType(bitbucket: Bitbucket, name: string | null): "code" | "token" | null {
  if (name === "code") return "code"
  return name === "token" && contractOf(bitbucket).allowsImplicitAndPassword ? "token" : null
}

function grantedScopes(bitbucket: Bitbucket, client: OAuthClient, requested: Scope[]): readonly Scope[] {
  // BB-D6: the request sets it; assumed if the request has none.
  if (contractOf(bitbucket).dataCenter) return requested.length > 0 ? requested : ["PUBLIC_REPOS"]
  if (bitbucket.config.scope_parameter === "ignore" || requested.length === 0) {
    return scopesInForce(bitbucket, client.scopes)
  }
  return scopesInForce(
    bitbucket,
    client.scopes.filter((scope) => requested.includes(scope)),
  )
}

function misconfigured(title: string): ParsedAuthorizationRequest {
  return {
    outcome: "page",
    title,
    detail: "This integration is misconfigured. Contact the vendor for assistance.",
  }
}
