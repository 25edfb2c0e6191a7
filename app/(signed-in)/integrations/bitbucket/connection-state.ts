import type { Tone } from "@/components/badge"
import type { Connection } from "@/lib/connections/connection-store"

export type ConnectionState = "connected" | "renewing" | "waiting" | "ending" | "ended"

type Standing = Pick<Connection, "status" | "remainingSeconds" | "isLeased">

/**
 * - `waiting`: the access has lapsed and Bitbucket does not answer; nobody need do anything.
 * - `ending`: Bitbucket will renew no more, but what it gave last is still good for a while.
 * - `ended`: only signing in again helps.
 */
export function connectionState({ status, remainingSeconds, isLeased }: Standing): ConnectionState {
  const isAlive = remainingSeconds > 0
  if (status === "dead") return isAlive ? "ending" : "ended"
  if (isLeased) return "renewing"
  return isAlive ? "connected" : "waiting"
}

export const stateBadges: Record<ConnectionState, { tone: Tone; word: string }> = {
  connected: { tone: "positive", word: "Connected" },
  renewing: { tone: "positive", word: "Renewing" },
  waiting: { tone: "caution", word: "Waiting for Bitbucket" },
  ending: { tone: "caution", word: "Needs attention" },
  ended: { tone: "critical", word: "Needs attention" },
}

/** Whether the person should go to Bitbucket; in the other states there is nothing for them to do. */
export function needsReconnecting(state: ConnectionState): boolean {
  return state === "ending" || state === "ended"
}
