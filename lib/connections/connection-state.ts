import type { Connection } from "./connection-store"

/**
 * - `waiting`: the access has lapsed and Bitbucket has not renewed it yet; nobody need do anything.
 * - `ending`: Bitbucket will renew no more, but what it gave last is still good for a while.
 * - `ended`: only signing in again helps.
 */
export type ConnectionState = "connected" | "renewing" | "waiting" | "ending" | "ended"

type Standing = Pick<Connection, "status" | "remainingSeconds" | "isLeased">

/** How a connection stands, by the database's clock. */
export function connectionState({ status, remainingSeconds, isLeased }: Standing): ConnectionState {
  const isAlive = remainingSeconds > 0
  if (status === "dead") return isAlive ? "ending" : "ended"
  if (isLeased) return "renewing"
  return isAlive ? "connected" : "waiting"
}

/** A proxy's hiccup is over by then; and nobody who has to sign in again waits for much longer than ten seconds. */
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
