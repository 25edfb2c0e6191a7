import type { Bitbucket } from "../bitbucket.ts"
import { findOAuth1Token } from "../oauth1/tokens.ts"
import type { OAuthClient } from "../state.ts"
import { refuse, type TokenReply, tokenResponse } from "./token-reply.ts"
import { createGrant, issueAccessToken, issueRefreshToken } from "./tokens.ts"

export const OAUTH1_SWAP_GRANT_TYPE = "urn:bitbucket:oauth1:access_token"

/**
 * BB-T5: an access token of OAuth 1.0a becomes tokens of OAuth 2.0. Its secret is not asked for. Staff showed request,
 * reply and the need of a callback; that the old token goes on working, and the refusal, are assumed.
 */
export function oauth1SwapGrant(
  bitbucket: Bitbucket,
  client: OAuthClient,
  form: URLSearchParams,
): TokenReply {
  if (client.callback_url === null) {
    return refuse("invalid_request", "No callback uri defined for the OAuth client.") // BB-E4
  }
  const found = findOAuth1Token(bitbucket, form.get("oauth1_access_token") ?? "")
  if (found === null || found.grant.clientKey !== client.key) {
    return refuse("invalid_grant", "The specified OAuth 1 access token is not valid.")
  }
  const { username, scopes } = found.grant
  const grant = createGrant(bitbucket, { clientKey: client.key, username, scopes, flow: "oauth2" })
  return tokenResponse(bitbucket, {
    grant,
    grantType: OAUTH1_SWAP_GRANT_TYPE,
    accessToken: issueAccessToken(bitbucket, grant),
    refreshToken: issueRefreshToken(bitbucket, grant),
  })
}
