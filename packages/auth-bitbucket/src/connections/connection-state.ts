import type { Connection } from "./store.ts"

/**
 * - `waiting`: the access token has expired and Bitbucket has not refreshed it yet. The user does not have to do anything.
 * - `ending`: Bitbucket no longer refreshes it, but its access token is valid for a while.
 * - `ended`: the user has to sign in.
 */
export type ConnectionState = "connected" | "renewing" | "waiting" | "ending" | "ended"

/** The state of a connection, by the store's clock. */
export function connectionState({
  status,
  remainingSeconds,
  isLeased,
}: Pick<Connection, "status" | "remainingSeconds" | "isLeased">): ConnectionState {
  const isAlive = remainingSeconds > 0
  if (status === "ended") return isAlive ? "ending" : "ended"
  if (isLeased) return "renewing"
  return isAlive ? "connected" : "waiting"
}

/** Enough to outlast a proxy's hiccup, and few enough that a user who has to sign in waits only about ten seconds. */
const REFUSALS_BEFORE_RECONNECT = 3

/**
 * Whether Bitbucket has refused so often, without saying why, that signing in again may help more than waiting:
 * several failures in a row, the last of them such a refusal, and an access token that has expired.
 */
export function isReconnectAdvised({
  lastFailure,
  failures,
  remainingSeconds,
}: Pick<Connection, "lastFailure" | "failures" | "remainingSeconds">): boolean {
  const isRefused = lastFailure === "unexplained_refusal" && failures >= REFUSALS_BEFORE_RECONNECT
  return isRefused && remainingSeconds <= 0
}
