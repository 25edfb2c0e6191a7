import type { Bitbucket } from "./bitbucket.ts"

/** A call's position in its limit. */
export interface RateLimitReading {
  readonly isExceeded: boolean
  readonly limit: number
  readonly windowSeconds: number
  readonly remaining: number
  /** Until the oldest call leaves the window (BB-H3: seconds left, not a time). */
  readonly resetSeconds: number
}

/**
 * Counts one call in its rolling window (BB-H1). Calls with valid credentials have a limit per resource, all others
 * share one. null while the switch `rate_limit` is off.
 */
export function countCall(
  { config, state, clock }: Bitbucket,
  call: { counter: string; resource: string } | { address: string },
): RateLimitReading | null {
  if (config.rate_limit === null) return null
  const { window_seconds: windowSeconds } = config.rate_limit
  const isAnonymous = "address" in call
  const limit = isAnonymous ? config.rate_limit.anonymous_limit : config.rate_limit.limit
  const counter = isAnonymous ? `address ${call.address}` : `${call.counter} ${call.resource}`
  const now = clock.now()
  const recent = (state.countedCalls.get(counter) ?? []).filter((atMs) => atMs > now - windowSeconds * 1000)
  const isExceeded = recent.length >= limit
  // Assumed: a refused call does not count again; otherwise a client that retries would stay locked out.
  if (!isExceeded) recent.push(now)
  state.countedCalls.set(counter, recent)
  const oldest = recent[0] ?? now
  return {
    isExceeded,
    limit,
    windowSeconds,
    remaining: limit - recent.length,
    resetSeconds: Math.max(0, Math.ceil((oldest - now) / 1000 + windowSeconds)),
  }
}
