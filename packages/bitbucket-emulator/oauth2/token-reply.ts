import { type Bitbucket, contractOf, scopesInForce } from "../bitbucket.ts"
import type { Grant } from "../state.ts"
import { accessTokenSeconds } from "./tokens.ts"

/** The result of a grant type: a token response, or one of Bitbucket's 400 bodies. */
export type TokenReply =
  | { readonly ok: true; readonly body: Record<string, unknown> }
  | { readonly ok: false; readonly error: string; readonly description: string }

/** BB-C1, BB-T6 to BB-T8: the token response with its keys in the recorded order. */
export function tokenResponse(
  bitbucket: Bitbucket,
  tokens: { grant: Grant; grantType: string; accessToken: string; refreshToken?: string },
): TokenReply {
  const { scopeKey, dataCenter } = contractOf(bitbucket)
  return {
    ok: true,
    body: {
      [scopeKey]: scopesInForce(bitbucket, tokens.grant.scopes).join(" "),
      access_token: tokens.accessToken,
      expires_in: accessTokenSeconds(bitbucket),
      token_type: "bearer",
      ...(dataCenter ? {} : { state: tokens.grantType }),
      refresh_token: tokens.refreshToken,
    },
  }
}

export function refuse(error: string, description: string): TokenReply {
  return { ok: false, error, description }
}
