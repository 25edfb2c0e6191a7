import { confirmedPrimaryEmail } from "auth-bitbucket/client"
import { type ConnectionState, type FailureReason, refreshWindowSeconds } from "auth-bitbucket/connections"
import { accountName } from "@/components/account-name"
import { Avatar } from "@/components/avatar"
import { Badge, type Tone } from "@/components/badge"
import { Fact, Facts } from "@/components/facts"
import { fill } from "@/components/fill"
import { Instant } from "@/components/instant"
import { SubmitButton } from "@/components/submit-button"
import { type Connection, isRefreshable } from "@/lib/accounts/connection"
import { environment } from "@/lib/env"
import { chooseToStayConnected, refreshNow } from "./actions"
import { words } from "./words"

type Props = { connection: Connection; state: ConnectionState }

const tones: Record<ConnectionState, Tone> = {
  connected: "positive",
  refreshing: "positive",
  waiting: "caution",
  ending: "caution",
  ended: "critical",
}

/** Whose connection this is, its state, how long it lasts, and what its user can change about that. */
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
  const { id, connectedAt, refreshedAt, expiresAt, lifetimeSeconds, lastFailure, lastFailureAt } = connection
  const hasNextRefresh = state === "connected" && isRefreshable(connection)
  return (
    <Facts>
      <Fact name={words.access}>
        <Access connection={connection} state={state} />
      </Fact>
      {hasNextRefresh && (
        <Fact name={words.nextRefresh}>
          <Instant
            at={new Date(expiresAt.getTime() - refreshWindowSeconds(id, lifetimeSeconds) * 1_000)}
            as="instant"
          />
        </Fact>
      )}
      <Fact name={words.lastRefresh}>
        {refreshedAt ? <Instant at={refreshedAt} as="instant-and-relative" /> : words.noRefresh}
      </Fact>
      <Fact name={words.connectedSince}>
        <Instant at={connectedAt} as="instant-and-relative" />
      </Fact>
      {lastFailure && lastFailureAt && (
        <Fact name={words.lastTrouble}>
          <Instant at={lastFailureAt} as="instant-and-relative" />
          <p className="muted">{failureInWords(lastFailure)}</p>
        </Fact>
      )}
      <Fact name={words.signedOut}>
        <StayConnected staysConnected={connection.staysConnected} />
      </Fact>
    </Facts>
  )
}

/** How long access lasts, and a button to refresh it now. */
function Access({ connection, state }: Props) {
  return (
    <div className="choice">
      <div>
        <AccessInWords connection={connection} state={state} />
      </div>
      {connection.status !== "ended" && isRefreshable(connection) && (
        <form action={refreshNow}>
          <SubmitButton pending={words.refreshing}>{words.refreshNow}</SubmitButton>
        </form>
      )}
    </div>
  )
}

function AccessInWords({ connection, state }: Props) {
  const { expiresAt, staysConnected } = connection
  const time = <Instant at={expiresAt} as="instant-and-relative" />
  switch (state) {
    case "connected":
      if (!isRefreshable(connection)) return words.doesNotExpire
      return (
        <>
          <p>{words.refreshes}</p>
          <p className="muted">{words.lastsUntil(staysConnected, environment().STAY_CONNECTED_DAYS)}</p>
        </>
      )
    case "refreshing":
      return words.beingRefreshed
    case "waiting":
      return expiresAt.getTime() > Date.now() ? words.refusedEarly : fill(words.expired, { time })
    case "ending":
      return fill(words.until, { time })
    case "ended":
      return words.hasEnded
  }
}

function StayConnected({ staysConnected }: Pick<Connection, "staysConnected">) {
  return (
    <form action={chooseToStayConnected} className="choice">
      <p>
        {staysConnected ? words.stays : words.staysNot}{" "}
        {staysConnected && (
          <span className="muted">{words.staysUntil(environment().STAY_CONNECTED_DAYS)}</span>
        )}
      </p>
      <SubmitButton name="stay" value={staysConnected ? "off" : "on"} pending={words.saving}>
        {staysConnected ? words.doNotStay : words.stay}
      </SubmitButton>
    </form>
  )
}

/** Why the last refresh failed, also if a newer version wrote a reason that this one does not know. */
function failureInWords(failure: FailureReason): string {
  return words.failures[failure] ?? words.unknownFailure
}
