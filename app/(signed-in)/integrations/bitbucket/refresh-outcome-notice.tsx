import { Notice } from "@/components/notice"
import { Outcome } from "@/components/outcome"
import type { Connection } from "@/lib/accounts/connection"
import { type RefreshOutcome, words } from "./words"

type Status = Pick<Connection, "status" | "failures" | "isLeased" | "lifetimeSeconds" | "remainingSeconds">

/** By the clock of the database. */
const FRESH_SECONDS = 60

/** A connection that Bitbucket has refused is as young as before, but its access token has expired. */
const isFresh = ({ status, lifetimeSeconds, remainingSeconds }: Status) =>
  status === "active" && remainingSeconds > 0 && lifetimeSeconds - remainingSeconds < FRESH_SECONDS

const holds: Record<RefreshOutcome, (connection: Status) => boolean> = {
  refreshed: isFresh,
  fresh: isFresh,
  later: ({ status, failures, isLeased }) => status === "active" && (failures > 0 || isLeased),
  ended: ({ status }) => status === "ended",
}

/**
 * Reads the result of “Renew access now” from the address.
 *
 * @returns null if it does not match the connection now: people reload, keep and make up addresses
 */
export function outcomeThatHolds(word: unknown, connection: Status): RefreshOutcome | null {
  const outcome = (Object.keys(holds) as RefreshOutcome[]).find((known) => known === word)
  return outcome && holds[outcome](connection) ? outcome : null
}

const tones = { refreshed: "positive", fresh: "positive", later: "caution", ended: "critical" } as const

type Props = { outcome: unknown; connection: Connection }

/** The result of “Renew access now”. The address only picks among these sentences, and only one that is true now. */
export function RefreshOutcomeNotice({ outcome, connection }: Props) {
  const known = outcomeThatHolds(outcome, connection)
  return (
    known && (
      <Outcome key={connection.refreshedAt?.getTime()}>
        <Notice tone={tones[known]} title={words.outcomes[known]} />
      </Outcome>
    )
  )
}
