import type { Tone } from "@/components/badge"
import type { ConnectionState } from "@/lib/connections/connection-state"

export const stateBadges: Record<ConnectionState, { tone: Tone; word: string }> = {
  connected: { tone: "positive", word: "Connected" },
  renewing: { tone: "positive", word: "Renewing" },
  waiting: { tone: "caution", word: "Waiting for Bitbucket" },
  ending: { tone: "caution", word: "Needs attention" },
  ended: { tone: "critical", word: "Needs attention" },
}
