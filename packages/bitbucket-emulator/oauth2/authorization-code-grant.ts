import type { Bitbucket } from "../bitbucket.ts"
import type { AuthorizationCode, OAuthClient } from "../state.ts"
import { answersCodeChallenge, verifiesCodeChallenges } from "./pkce.ts"
import { refuse, type TokenReply, tokenResponse } from "./token-reply.ts"
import { findLiveGrant, issueAccessToken, issueRefreshToken } from "./tokens.ts"

/** `grant_type=authorization_code`: exchanges a code for tokens, once. */
export function authorizationCodeGrant(
  bitbucket: Bitbucket,
  client: OAuthClient,
  form: URLSearchParams,
): TokenReply {
  if (client.callback_url === null) {
    return refuse("invalid_request", "No callback uri defined for the OAuth client.") // BB-E4
  }
  const authorization = bitbucket.state.authorizationCodes.get(form.get("code") ?? "")
  const grant = authorization && findLiveGrant(bitbucket, authorization.grantId)
  if (!authorization || !grant || grant.clientKey !== client.key || isSpent(bitbucket, authorization)) {
    return refuse("invalid_grant", "The specified code is not valid.") // BB-E7
  }
  authorization.usedAtMs = bitbucket.clock.now()
  if (!repeatsRedirectUri(authorization, client.callback_url, form.get("redirect_uri"))) {
    return refuse("invalid_grant", "The redirect_uri is not the one of the authorization request.") // BB-A4
  }
  if (verifiesCodeChallenges(bitbucket) && !answersCodeChallenge(authorization, form.get("code_verifier"))) {
    return refuse("invalid_grant", "The code_verifier does not answer the code_challenge.") // BB-A11
  }
  return tokenResponse(bitbucket, {
    grant,
    grantType: "authorization_code",
    accessToken: issueAccessToken(bitbucket, grant),
    refreshToken: issueRefreshToken(bitbucket, grant),
  })
}

function isSpent(bitbucket: Bitbucket, authorization: AuthorizationCode): boolean {
  return authorization.usedAtMs !== null || bitbucket.clock.now() >= authorization.expiresAtMs
}

/** RFC 6749 §4.1.3: identical if the authorization request sent one; otherwise absent, or the registered URL. */
function repeatsRedirectUri(
  authorization: AuthorizationCode,
  callbackUrl: string,
  redirectUri: string | null,
): boolean {
  if (authorization.redirectUri !== null) return redirectUri === authorization.redirectUri
  return redirectUri === null || redirectUri === callbackUrl
}
