import { type Bitbucket, findPerson } from "../bitbucket.ts"
import type { OAuthClient } from "../state.ts"
import { refuse, type TokenReply, tokenResponse } from "./token-reply.ts"
import { createGrant, issueAccessToken, issueRefreshToken } from "./tokens.ts"

/** `grant_type=password` (RFC 6749 §4.3), documented until 2019 and removed since (BB-C7, BB-E8). */
export function passwordGrant(bitbucket: Bitbucket, client: OAuthClient, form: URLSearchParams): TokenReply {
  const person = findPerson(bitbucket, form.get("username") ?? "")
  if (person === null || person.password !== form.get("password")) {
    return refuse("invalid_request", "Invalid resource owner username/password") // BB-E8
  }
  const { username } = person
  const grant = createGrant(bitbucket, {
    clientKey: client.key,
    username,
    scopes: client.scopes,
    flow: "oauth2",
  })
  return tokenResponse(bitbucket, {
    grant,
    grantType: "password",
    accessToken: issueAccessToken(bitbucket, grant),
    refreshToken: issueRefreshToken(bitbucket, grant),
  })
}
