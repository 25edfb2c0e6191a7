import type { Connection } from "./store.ts"

/**
 * - `waiting`: the access token has expired and Bitbucket has not refreshed it yet. It passes by itself.
 * - `ending`: Bitbucket refreshes it no more, but its access token is valid for a while.
 * - `ended`: only signing in helps.
 */
export type ConnectionState = "connected" | "renewing" | "waiting" | "ending" | "ended"

type Standing = Pick<Connection, "status" | "remainingSeconds" | "isLeased">

/** The state of a connection, by the store's clock. */
export function connectionState({ status, remainingSeconds, isLeased }: Standing): ConnectionState {
  const isAlive = remainingSeconds > 0
  if (status === "ended") return isAlive ? "ending" : "ended"
  if (isLeased) return "renewing"
  return isAlive ? "connected" : "waiting"
}

/** Enough for a proxy's hiccup to pass, and little enough that a user who must sign in waits about ten seconds. */
const REFUSALS_BEFORE_RECONNECT = 3

/**
 * Whether Bitbucket has refused so often, without saying why, that signing in again may help where waiting does not:
 * so many failures in a row, the last of them such a refusal, and no life left to what it gave before.
 */
export function isReconnectAdvised({
  lastFailure,
  failures,
  remainingSeconds,
}: Pick<Connection, "lastFailure" | "failures" | "remainingSeconds">): boolean {
  const isRefused = lastFailure === "unexplained_refusal" && failures >= REFUSALS_BEFORE_RECONNECT
  return isRefused && remainingSeconds <= 0
}
