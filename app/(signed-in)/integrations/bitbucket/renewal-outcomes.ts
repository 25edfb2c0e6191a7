import type { Connection } from "@/lib/connections/connection-store"

/** What came of "Renew now", as the address says it. */
export type RenewalOutcome = "renewed" | "fresh" | "later" | "ended"

type Standing = Pick<Connection, "status" | "failures" | "isLeased" | "lifetimeSeconds" | "remainingSeconds">

/** By the database's clock. */
const FRESH_SECONDS = 60

/** One that Bitbucket has refused is as young as before, and has no life left. */
const isFresh = ({ status, lifetimeSeconds, remainingSeconds }: Standing) =>
  status === "active" && remainingSeconds > 0 && lifetimeSeconds - remainingSeconds < FRESH_SECONDS

const holds: Record<RenewalOutcome, (connection: Standing) => boolean> = {
  renewed: isFresh,
  fresh: isFresh,
  later: ({ status, failures, isLeased }) => status === "active" && (failures > 0 || isLeased),
  ended: ({ status }) => status === "dead",
}

/**
 * Reads what the address says came of "Renew now".
 *
 * @returns null where it is not true of the connection, any more or at all: addresses are reloaded, kept and made up
 */
export function outcomeThatHolds(word: unknown, connection: Standing): RenewalOutcome | null {
  const outcome = (Object.keys(holds) as RenewalOutcome[]).find((known) => known === word)
  return outcome && holds[outcome](connection) ? outcome : null
}
