import type { Connection } from "./connection-store"

/**
 * - `waiting`: the access has lapsed and Bitbucket has not renewed it yet; nobody need do anything.
 * - `ending`: Bitbucket will renew no more, but what it gave last is still good for a while.
 * - `ended`: only signing in again helps.
 */
export type ConnectionState = "connected" | "renewing" | "waiting" | "ending" | "ended"

type Standing = Pick<Connection, "status" | "remainingSeconds" | "isLeased">

export function connectionState({ status, remainingSeconds, isLeased }: Standing): ConnectionState {
  const isAlive = remainingSeconds > 0
  if (status === "dead") return isAlive ? "ending" : "ended"
  if (isLeased) return "renewing"
  return isAlive ? "connected" : "waiting"
}
