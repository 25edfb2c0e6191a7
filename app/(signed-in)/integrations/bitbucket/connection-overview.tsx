import { confirmedPrimaryEmail } from "auth-bitbucket/client"
import type { ConnectionState, FailureReason } from "auth-bitbucket/connections"
import { accountName } from "@/components/account-name"
import { Avatar } from "@/components/avatar"
import { Badge, type Tone } from "@/components/badge"
import { Fact, Facts } from "@/components/facts"
import { Instant } from "@/components/instant"
import { type Connection, isRefreshable } from "@/lib/accounts/connection"

type Props = { connection: Connection; state: ConnectionState }

const stateBadges: Record<ConnectionState, { tone: Tone; word: string }> = {
  connected: { tone: "positive", word: "Connected" },
  renewing: { tone: "positive", word: "Renewing" },
  waiting: { tone: "caution", word: "Waiting for Bitbucket" },
  ending: { tone: "caution", word: "Needs attention" },
  ended: { tone: "critical", word: "Needs attention" },
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
  const { tone, word } = stateBadges[state]
  const email = confirmedPrimaryEmail(emails)
  return (
    <header>
      <Avatar account={account} />
      <div className="wrap-anywhere min-w-0 flex-1 basis-40">
        <h2 id="connected-as" className="font-semibold">
          <span className="sr-only">Connected as </span>
          {accountName(account)}
        </h2>
        {email && <p className="aside">{email}</p>}
      </div>
      <Badge tone={tone}>{word}</Badge>
    </header>
  )
}

function ConnectionFacts({ connection, state }: Props) {
  const { connectedAt, refreshedAt, lastFailure, lastFailureAt } = connection
  const hasExpired = state === "waiting" || state === "ended"
  return (
    <Facts>
      <Fact name="Connected since">
        <Instant at={connectedAt} as="instant-and-relative" />
      </Fact>
      <Fact name="Last renewal">
        {refreshedAt ? <Instant at={refreshedAt} as="instant-and-relative" /> : "None since you signed in"}
      </Fact>
      <Fact name={hasExpired ? "Access expired" : "Access until"}>
        <EndOfAccess connection={connection} hasExpired={hasExpired} />
        {state === "connected" && isRefreshable(connection) && <p className="muted">Renews automatically.</p>}
      </Fact>
      {lastFailure && lastFailureAt && (
        <Fact name="Last trouble">
          <Instant at={lastFailureAt} as="instant-and-relative" />
          <p className="muted">{failureInWords(lastFailure)}</p>
        </Fact>
      )}
    </Facts>
  )
}

function EndOfAccess({ connection, hasExpired }: { connection: Connection; hasExpired: boolean }) {
  if (!hasExpired && !isRefreshable(connection)) return "You disconnect, or Bitbucket ends it"
  if (hasExpired && connection.expiresAt.getTime() > Date.now()) return "Before its time"
  return <Instant at={connection.expiresAt} as="instant-and-relative" />
}

/** Why the last refresh failed. A newer version may have written a reason that this one does not know. */
const failureSentences: Record<FailureReason, string> = {
  no_answer: "Bitbucket did not answer in time.",
  oauth_error: "Bitbucket could not renew the connection at that moment.",
  unexpected_answer: "Bitbucket gave an answer that we could not read.",
  unexplained_refusal: "Bitbucket refused to renew the connection and did not say why.",
  operator_fault: "Bitbucket does not recognise this app. Only its owner can fix that.",
  token_refused: "Bitbucket renewed the connection and then did not accept it.",
  tokens_unreadable: "This app can no longer read what it kept for the connection.",
  no_refresh_token: "Bitbucket gave nothing to renew the connection with when you signed in.",
  dead_grant: "Bitbucket ended this connection because it had not been used for three months.",
  revoked_or_reused: "Bitbucket ended this connection although it was in use.",
}

function failureInWords(failure: FailureReason): string {
  return failureSentences[failure] ?? "The last renewal failed."
}
