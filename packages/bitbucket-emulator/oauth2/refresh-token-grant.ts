import { type Bitbucket, contractOf } from "../bitbucket.ts"
import type { OAuthClient } from "../state.ts"
import { keepInUse } from "./pruning.ts"
import { refuse, type TokenReply, tokenResponse } from "./token-reply.ts"
import {
  findLiveGrant,
  isRefreshTokenExpired,
  issueAccessToken,
  issueRefreshToken,
  revokeGrant,
} from "./tokens.ts"

/**
 * `grant_type=refresh_token`. In 2026 every use issues a new refresh token and the used one lives ten minutes more
 * (BB-C2, BB-C3); before, Bitbucket returned the same one forever (BB-T10). Older access tokens stay valid (BB-T9).
 */
export function refreshTokenGrant(
  bitbucket: Bitbucket,
  client: OAuthClient,
  form: URLSearchParams,
): TokenReply {
  const contract = contractOf(bitbucket)
  const invalid = refuse(contract.invalidRefreshTokenError, contract.invalidRefreshTokenMessage) // BB-E6, BB-D4
  const presented = form.get("refresh_token") ?? ""
  const refreshToken = bitbucket.state.refreshTokens.get(presented)
  const grant = refreshToken && findLiveGrant(bitbucket, refreshToken.grantId)
  if (!refreshToken || !grant || grant.clientKey !== client.key) return invalid
  if (isRefreshTokenExpired(bitbucket, refreshToken)) {
    const isReuse = refreshToken.replacedAtMs !== null
    if (isReuse && bitbucket.config.refresh_reuse === "revoke") revokeGrant(bitbucket, grant)
    return invalid
  }

  refreshToken.lastUsedAtMs = bitbucket.clock.now()
  keepInUse(bitbucket.state.refreshTokens, presented, refreshToken)
  if (contract.rotatesRefreshTokens) refreshToken.replacedAtMs ??= bitbucket.clock.now()
  return tokenResponse(bitbucket, {
    grant,
    grantType: "refresh_token",
    accessToken: issueAccessToken(bitbucket, grant),
    refreshToken: contract.rotatesRefreshTokens ? issueRefreshToken(bitbucket, grant) : presented,
  })
}
