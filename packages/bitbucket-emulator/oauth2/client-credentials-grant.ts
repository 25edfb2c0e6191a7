import { type Bitbucket, contractOf } from "../bitbucket.ts"
import type { OAuthClient } from "../state.ts"
import { ownerOf } from "../workspaces.ts"
import { refuse, type TokenReply, tokenResponse } from "./token-reply.ts"
import { createGrant, issueAccessToken, issueRefreshToken } from "./tokens.ts"

/**
 * `grant_type=client_credentials`: the client for itself. BB-C8: since 2026 as an `app_user` and without a refresh token;
 * before, as the owner of the client and with one. (Bitbucket's own pages contradict each other on this.)
 */
export function clientCredentialsGrant(bitbucket: Bitbucket, client: OAuthClient): TokenReply {
  // BB-E4: recorded for this grant too, although it never uses the callback.
  if (client.callback_url === null) {
    return refuse("invalid_request", "No callback uri defined for the OAuth client.")
  }
  if (!client.is_private) {
    return refuse(
      "invalid_grant",
      'Cannot use client_credentials with a consumer marked as "public". Calls for auto generated consumers should use urn:bitbucket:oauth2:jwt instead.',
    ) // BB-E5
  }
  const { clientActsAs } = contractOf(bitbucket)
  const username = clientActsAs === "owner" ? findOwner(bitbucket, client) : null
  // Assumed: a client has always had an owner, so no recording shows the error for one without.
  if (clientActsAs === "owner" && username === null) {
    return refuse("invalid_request", "The OAuth client has no owner.")
  }
  const grant = createGrant(bitbucket, {
    clientKey: client.key,
    username,
    scopes: client.scopes,
    flow: "client",
  })
  return tokenResponse(bitbucket, {
    grant,
    grantType: "client_credentials",
    accessToken: issueAccessToken(bitbucket, grant),
    ...(clientActsAs === "owner" ? { refreshToken: issueRefreshToken(bitbucket, grant) } : {}),
  })
}

/** The person for whom a client with only its own credentials acts. */
export function findOwner({ state }: Bitbucket, client: OAuthClient): string | null {
  const workspace = state.workspaces.get(client.workspace ?? "")
  return workspace === undefined ? null : ownerOf(workspace)
}
