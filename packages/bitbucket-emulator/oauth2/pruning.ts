import type { Bitbucket } from "../bitbucket.ts"
import { findLiveGrant, isRefreshTokenExpired } from "./tokens.ts"

const DAY_MS = 86_400_000
/**
 * More than anything but a benchmark needs; beyond that, the least recently used are dropped although they would still
 * work.
 */
const KEPT_TOKENS_PER_GRANT = 1000
const KEPT_GRANTS_PER_AUTHORIZATION = 1000
const KEPT_REQUEST_TOKENS_PER_CLIENT = 1000
const KEPT_BROWSER_SESSIONS = 10_000
const SMALLEST_SIZE = 4000

/**
 * Drops entries that no longer work, so that an emulator that runs for weeks, or under a benchmark, stays small. It
 * sweeps when the state has grown by half since the last sweep, which keeps its share of every request constant.
 */
export function pruneWhenDue(bitbucket: Bitbucket): void {
  const { state } = bitbucket
  if (sizeOf(bitbucket) < Math.max(state.pruneAtSize, SMALLEST_SIZE)) return
  prune(bitbucket)
  state.pruneAtSize = sizeOf(bitbucket) * 1.5
}

/** Moves a token behind all others, because it was just used: a client that relies on one token keeps it. */
export function keepInUse<Entry>(tokens: Map<string, Entry>, token: string, entry: Entry): void {
  tokens.delete(token)
  tokens.set(token, entry)
}

function sizeOf({ state }: Bitbucket): number {
  const { accessTokens, refreshTokens, authorizationCodes, grants, requestTokens, browserSessions } = state
  return (
    accessTokens.size +
    refreshTokens.size +
    authorizationCodes.size +
    grants.size +
    requestTokens.size +
    browserSessions.size
  )
}

function prune(bitbucket: Bitbucket): void {
  const { state, clock } = bitbucket
  const now = clock.now()
  const isDead = (grantId: string) => findLiveGrant(bitbucket, grantId) === null
  // A day longer than they live, because an expired token gets another error than an unknown one (BB-P1), and the reuse of a
  // replaced refresh token is recognized by its absence alone.
  removeWhere(state.accessTokens, ({ grantId, expiresAtMs }) => isDead(grantId) || now > expiresAtMs + DAY_MS)
  removeWhere(
    state.refreshTokens,
    (token) =>
      isDead(token.grantId) ||
      (isRefreshTokenExpired(bitbucket, token) && now > (token.replacedAtMs ?? 0) + DAY_MS),
  )
  removeWhere(state.authorizationCodes, (code) => code.usedAtMs !== null || now >= code.expiresAtMs)
  removeWhere(state.requestTokens, ({ createdAtMs }) => now > createdAtMs + DAY_MS)
  removeWhere(state.oauth1Tokens, ({ grantId }) => isDead(grantId))
  keepNewest(state.accessTokens, KEPT_TOKENS_PER_GRANT, ({ grantId }) => grantId)
  keepNewest(state.refreshTokens, KEPT_TOKENS_PER_GRANT, ({ grantId }) => grantId)
  keepNewest(state.requestTokens, KEPT_REQUEST_TOKENS_PER_CLIENT, ({ clientKey }) => clientKey)
  keepNewest(state.browserSessions, KEPT_BROWSER_SESSIONS, () => "")

  const inUse = new Set<string | null>()
  for (const tokens of [state.accessTokens, state.refreshTokens, state.oauth1Tokens]) {
    for (const { grantId } of tokens.values()) inUse.add(grantId)
  }
  for (const { grantId } of state.authorizationCodes.values()) inUse.add(grantId)
  for (const { grantId } of state.requestTokens.values()) inUse.add(grantId)
  removeWhere(state.grants, ({ id }) => !inUse.has(id))
  keepNewest(
    state.grants,
    KEPT_GRANTS_PER_AUTHORIZATION,
    ({ clientKey, username }) => `${clientKey} ${username}`,
  )
}

function removeWhere<Entry>(entries: Map<string, Entry>, isForgotten: (entry: Entry) => boolean): void {
  for (const [key, entry] of entries) if (isForgotten(entry)) entries.delete(key)
}

/** Maps keep insertion order, so the first of a group were added or used longest ago. */
function keepNewest<Entry>(
  entries: Map<string, Entry>,
  kept: number,
  groupOf: (entry: Entry) => string,
): void {
  const surplus = new Map<string, number>()
  for (const entry of entries.values()) {
    const group = groupOf(entry)
    surplus.set(group, (surplus.get(group) ?? -kept) + 1)
  }
  for (const [key, entry] of entries) {
    const group = groupOf(entry)
    const left = surplus.get(group) ?? 0
    if (left <= 0) continue
    entries.delete(key)
    surplus.set(group, left - 1)
  }
}
