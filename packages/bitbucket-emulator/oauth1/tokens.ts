import { type Bitbucket, contractOf, scopesInForce } from "../bitbucket.ts"
import type { Scope } from "../oauth2/scopes.ts"
import { findLiveGrant } from "../oauth2/tokens.ts"
import type { Grant, OAuth1Token, OAuthClient, RequestToken } from "../state.ts"

/** Assumed: no recording shows how long a person may take to decide. */
const REQUEST_TOKEN_LIFETIME_MS = 60 * 60 * 1000

/** The client's tick boxes; on Data Center whatever the person may do, assumed (BB-D8). */
export function oauth1Scopes(bitbucket: Bitbucket, client: OAuthClient): readonly Scope[] {
  return contractOf(bitbucket).dataCenter ? ["REPO_ADMIN"] : scopesInForce(bitbucket, client.scopes)
}

/** BB-O5, BB-A1: 18 characters for a token, 32 for its secret. */
export function createRequestToken(
  { state, randomness, clock }: Bitbucket,
  { clientKey, callback }: Pick<RequestToken, "clientKey" | "callback">,
): RequestToken {
  const requestToken: RequestToken = {
    token: randomness.alphanumeric(18),
    secret: randomness.alphanumeric(32),
    clientKey,
    callback,
    createdAtMs: clock.now(),
    verifier: null,
    grantId: null,
  }
  state.requestTokens.set(requestToken.token, requestToken)
  return requestToken
}

export function findRequestToken({ state, clock }: Bitbucket, token: string): RequestToken | null {
  const found = state.requestTokens.get(token)
  if (found === undefined || clock.now() >= found.createdAtMs + REQUEST_TOKEN_LIFETIME_MS) return null
  return found
}

/** Binds the person's approval to the request token. BB-O5: ten digits prove that it was this browser's person. */
export function approveRequestToken(
  { randomness }: Bitbucket,
  requestToken: RequestToken,
  grant: Grant,
): string {
  requestToken.verifier = randomness.digits(10)
  requestToken.grantId = grant.id
  return requestToken.verifier
}

/** Exchanges a request token for token credentials, once. */
export function redeemRequestToken(
  { state, randomness }: Bitbucket,
  requestToken: RequestToken,
  grant: Grant,
): { token: string; secret: string } {
  state.requestTokens.delete(requestToken.token)
  const token = randomness.alphanumeric(18)
  const secret = randomness.alphanumeric(32)
  state.oauth1Tokens.set(token, { secret, grantId: grant.id })
  return { token, secret }
}

/** Token credentials with their grant, unless the person has revoked it. */
export function findOAuth1Token(
  bitbucket: Bitbucket,
  token: string,
): { credentials: OAuth1Token; grant: Grant } | null {
  const credentials = bitbucket.state.oauth1Tokens.get(token)
  const grant = credentials === undefined ? null : findLiveGrant(bitbucket, credentials.grantId)
  return credentials === undefined || grant === null ? null : { credentials, grant }
}
