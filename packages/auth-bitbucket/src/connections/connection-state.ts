import type { Connection } from "./store.ts"

/**
 * - `waiting`: the access token has expired and Bitbucket has not refreshed it yet. The user does not have to do anything.
 * - `ending`: Bitbucket no longer refreshes it, but its access token is valid for a while.
 * - `ended`: the user has to sign in.
 */
export type ConnectionState = "connected" | "refreshing" | "waiting" | "ending" | "ended"

/** The state of a connection, by the store's clock. */
export function connectionState({
  status,
  remainingSeconds,
  isLeased,
}: Pick<Connection, "status" | "remainingSeconds" | "isLeased">): ConnectionState {
  const isAlive = remainingSeconds > 0
  if (status === "ended") return isAlive ? "ending" : "ended"
  if (isLeased) return "refreshing"
  return isAlive ? "connected" : "waiting"
}

/** Enough to outlast a proxy's hiccup, but few enough that a user who has to sign in waits only about ten seconds. */
const REFUSALS_BEFORE_RECONNECT = 3

/**
 * Whether signing in again may help more than waiting: several refreshes in a row failed, Bitbucket refused the last one
 * without saying why, and the access token has expired.
 */
export function isReconnectAdvised({
  lastFailure,
  failures,
  remainingSeconds,
}: Pick<Connection, "lastFailure" | "failures" | "remainingSeconds">): boolean {
  const isRefused = lastFailure === "unexplained_refusal" && failures >= REFUSALS_BEFORE_RECONNECT
  return isRefused && remainingSeconds <= 0
}
