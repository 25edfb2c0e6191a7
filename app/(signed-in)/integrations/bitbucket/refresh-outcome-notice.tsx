import { Notice } from "@/components/notice"
import { Outcome } from "@/components/outcome"
import type { Connection } from "@/lib/accounts/connection"

/** The result of "Renew now", as the address says it. */
export type RefreshOutcome = "renewed" | "fresh" | "later" | "ended"

type Status = Pick<Connection, "status" | "failures" | "isLeased" | "lifetimeSeconds" | "remainingSeconds">

/** By the clock of the database. */
const FRESH_SECONDS = 60

/** A connection that Bitbucket has refused is as young as before, but its access token has expired. */
const isFresh = ({ status, lifetimeSeconds, remainingSeconds }: Status) =>
  status === "active" && remainingSeconds > 0 && lifetimeSeconds - remainingSeconds < FRESH_SECONDS

const holds: Record<RefreshOutcome, (connection: Status) => boolean> = {
  renewed: isFresh,
  fresh: isFresh,
  later: ({ status, failures, isLeased }) => status === "active" && (failures > 0 || isLeased),
  ended: ({ status }) => status === "ended",
}

/**
 * Reads the result of "Renew now" from the address.
 *
 * @returns null if it does not match the connection now: people reload, keep and make up addresses
 */
export function outcomeThatHolds(word: unknown, connection: Status): RefreshOutcome | null {
  const outcome = (Object.keys(holds) as RefreshOutcome[]).find((known) => known === word)
  return outcome && holds[outcome](connection) ? outcome : null
}

const sentences = {
  renewed: { tone: "positive", title: "Renewed just now." },
  fresh: { tone: "positive", title: "It was renewed less than a minute ago." },
  later: {
    tone: "caution",
    title: "It could not be renewed just now. We’ll keep trying.",
  },
  ended: {
    tone: "critical",
    title: "This connection can’t be renewed any more. Sign in again to restore it.",
  },
} as const

type Props = { outcome: unknown; connection: Connection }

/** The result of "Renew now". The address only picks among these sentences, and only one that is true now. */
export function RefreshOutcomeNotice({ outcome, connection }: Props) {
  const known = outcomeThatHolds(outcome, connection)
  return (
    known && (
      <Outcome key={connection.refreshedAt?.getTime()}>
        <Notice tone={sentences[known].tone} title={sentences[known].title} />
      </Outcome>
    )
  )
}
