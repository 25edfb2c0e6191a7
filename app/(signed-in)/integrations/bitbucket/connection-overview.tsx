import { confirmedPrimaryEmail } from "auth-bitbucket/client"
import type { ConnectionState, FailureReason } from "auth-bitbucket/connections"
import { accountName } from "@/components/account-name"
import { Avatar } from "@/components/avatar"
import { Badge, type Tone } from "@/components/badge"
import { Fact, Facts } from "@/components/facts"
import { Instant } from "@/components/instant"
import { type Connection, isRefreshable } from "@/lib/accounts/connection"
import { environment } from "@/lib/env"
import { words } from "./words"

type Props = { connection: Connection; state: ConnectionState }

const tones: Record<ConnectionState, Tone> = {
  connected: "positive",
  refreshing: "positive",
  waiting: "caution",
  ending: "caution",
  ended: "critical",
}

/** Whose connection this is, and its state. */
export function ConnectionOverview({ connection, state }: Props) {
  return (
    <section aria-labelledby="connected-as" className="card">
      <ConnectedAs connection={connection} state={state} />
      <ConnectionFacts connection={connection} state={state} />
    </section>
  )
}

function ConnectedAs({ connection, state }: Props) {
  const { account, emails } = connection.profile
  const email = confirmedPrimaryEmail(emails)
  return (
    <header>
      <Avatar account={account} />
      <div className="wrap-anywhere min-w-0 flex-1 basis-40">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h2 id="connected-as" className="min-w-0 font-semibold">
            <span className="sr-only">{words.connectedAs}</span>
            {accountName(account)}
          </h2>
          <Badge tone={tones[state]}>{words.states[state]}</Badge>
        </div>
        {email && <p className="aside">{email}</p>}
      </div>
    </header>
  )
}

function ConnectionFacts({ connection, state }: Props) {
  const { connectedAt, refreshedAt, lastFailure, lastFailureAt, staysConnected } = connection
  const hasExpired = state === "waiting" || state === "ended"
  return (
    <Facts>
      <Fact name={words.connectedSince}>
        <Instant at={connectedAt} as="instant-and-relative" />
      </Fact>
      <Fact name={words.lastRefresh}>
        {refreshedAt ? <Instant at={refreshedAt} as="instant-and-relative" /> : words.noRefresh}
      </Fact>
      <Fact name={hasExpired ? words.accessExpired : words.accessUntil}>
        <EndOfAccess connection={connection} hasExpired={hasExpired} />
        {state === "connected" && isRefreshable(connection) && (
          <p className="muted">{words.refreshesUntil(staysConnected, environment().STAY_CONNECTED_DAYS)}</p>
        )}
      </Fact>
      {lastFailure && lastFailureAt && (
        <Fact name={words.lastTrouble}>
          <Instant at={lastFailureAt} as="instant-and-relative" />
          <p className="muted">{failureInWords(lastFailure)}</p>
        </Fact>
      )}
    </Facts>
  )
}

function EndOfAccess({ connection, hasExpired }: { connection: Connection; hasExpired: boolean }) {
  if (!hasExpired && !isRefreshable(connection)) return words.untilDisconnected
  if (hasExpired && connection.expiresAt.getTime() > Date.now()) return words.beforeItsTime
  return <Instant at={connection.expiresAt} as="instant-and-relative" />
}

/** Why the last refresh failed, also if a newer version wrote a reason that this one does not know. */
function failureInWords(failure: FailureReason): string {
  return words.failures[failure] ?? words.unknownFailure
}
