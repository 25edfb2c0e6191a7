import { Notice } from "@/components/notice"
import { Outcome } from "@/components/outcome"
import type { Connection } from "@/lib/accounts/connection"
import { type RefreshOutcome, words } from "./words"

type Status = Pick<Connection, "status" | "failures" | "isLeased" | "lifetimeSeconds" | "remainingSeconds">

/** By the database's clock. */
const FRESH_SECONDS = 60

/** If Bitbucket has refused the connection, its age is unchanged, but its access token has expired. */
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
 * @returns null if it does not match the connection now, because users reload, bookmark and edit URLs
 */
export function outcomeThatHolds(word: unknown, connection: Status): RefreshOutcome | null {
  const outcome = (Object.keys(holds) as RefreshOutcome[]).find((known) => known === word)
  return outcome && holds[outcome](connection) ? outcome : null
}

const tones = { refreshed: "positive", fresh: "positive", later: "caution", ended: "critical" } as const

type Props = { outcome: unknown; connection: Connection }

/** The result of “Renew access now”. The URL only selects one of these sentences, and only if it is true now. */
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
