import { type Bitbucket, contractOf } from "../bitbucket.ts"
import type { AccessToken, Grant, RefreshToken } from "../state.ts"
import type { Scope } from "./scopes.ts"

/** Records for whom a client may act; tokens and codes belong to the result. */
export function createGrant(
  bitbucket: Bitbucket,
  authorization: {
    clientKey: string
    username: string | null
    scopes: readonly Scope[]
    flow: Grant["flow"]
  },
): Grant {
  const grant: Grant = {
    ...authorization,
    id: bitbucket.randomness.alphanumeric(18),
    grantedAtMs: bitbucket.clock.now(),
    revokedAtMs: null,
  }
  bitbucket.state.grants.set(grant.id, grant)
  return grant
}

export function issueAccessToken(bitbucket: Bitbucket, grant: Grant): string {
  const token = createTokenText(bitbucket)
  bitbucket.state.accessTokens.set(token, {
    grantId: grant.id,
    expiresAtMs: bitbucket.clock.now() + accessTokenSeconds(bitbucket) * 1000,
  })
  return token
}

/** BB-T6, BB-D3. */
export function accessTokenSeconds(bitbucket: Bitbucket): number {
  const { longestAccessTokenSeconds = Number.POSITIVE_INFINITY } = contractOf(bitbucket).dataCenter ?? {}
  return Math.min(bitbucket.config.access_token_ttl_seconds, longestAccessTokenSeconds)
}

export function issueRefreshToken(bitbucket: Bitbucket, grant: Grant): string {
  const token = createTokenText(bitbucket)
  bitbucket.state.refreshTokens.set(token, {
    grantId: grant.id,
    lastUsedAtMs: bitbucket.clock.now(),
    replacedAtMs: null,
  })
  return token
}

function createTokenText(bitbucket: Bitbucket): string {
  const { config, randomness } = bitbucket
  return randomness.base64url(config.token_length ?? contractOf(bitbucket).tokenLength(randomness))
}

/** The grant behind a code or token, unless the person has revoked it (BB-T11). */
export function findLiveGrant(bitbucket: Bitbucket, grantId: string): Grant | null {
  const grant = bitbucket.state.grants.get(grantId)
  return grant === undefined || grant.revokedAtMs !== null ? null : grant
}

export function isAccessTokenExpired(bitbucket: Bitbucket, token: AccessToken): boolean {
  return bitbucket.clock.now() >= token.expiresAtMs
}

/** BB-C2, BB-C3: expired ten minutes after its first exchange, or after three months without use. */
export function isRefreshTokenExpired(bitbucket: Bitbucket, token: RefreshToken): boolean {
  if (!contractOf(bitbucket).rotatesRefreshTokens) return false
  const { refresh_idle_seconds } = bitbucket.config
  // BB-D4: no source mentions a grace period there.
  const refresh_grace_seconds = contractOf(bitbucket).dataCenter ? 0 : bitbucket.config.refresh_grace_seconds
  const now = bitbucket.clock.now()
  if (token.replacedAtMs !== null && now >= token.replacedAtMs + refresh_grace_seconds * 1000) return true
  return now >= token.lastUsedAtMs + refresh_idle_seconds * 1000
}

/** Ends one grant: its codes, access and refresh tokens stop working immediately. */
export function revokeGrant(bitbucket: Bitbucket, grant: Grant): void {
  grant.revokedAtMs ??= bitbucket.clock.now()
}

/**
 * Does what the person can do on their settings page: ends every grant to the client and forgets the remembered decision,
 * so that the next authorization asks again. Without `clientKey` it applies to all clients. Returns how many ended.
 */
export function revokeAuthorizations(
  bitbucket: Bitbucket,
  { username, clientKey }: { username: string; clientKey?: string | undefined },
): number {
  const { state } = bitbucket
  const isAffected = (entry: { username: string | null; clientKey: string }) =>
    entry.username === username && (clientKey === undefined || entry.clientKey === clientKey)
  const grants = [...state.grants.values()].filter(
    (grant) => grant.flow !== "client" && grant.revokedAtMs === null && isAffected(grant),
  )
  for (const grant of grants) revokeGrant(bitbucket, grant)
  state.decisions = state.decisions.filter((decision) => !isAffected(decision))
  return grants.length
}

/** Expires one access token, or all of one person, now; the clock and other people's tokens do not change. */
export function expireAccessTokens(
  bitbucket: Bitbucket,
  meant: { username: string } | { token: string },
): number {
  const isAffected = (text: string, { grantId }: AccessToken) =>
    "token" in meant ? text === meant.token : bitbucket.state.grants.get(grantId)?.username === meant.username
  const now = bitbucket.clock.now()
  let expired = 0
  for (const [text, token] of bitbucket.state.accessTokens) {
    if (token.expiresAtMs <= now || !isAffected(text, token)) continue
    token.expiresAtMs = now
    expired += 1
  }
  return expired
}
