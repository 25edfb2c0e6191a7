import { refreshWindowSeconds } from "auth-bitbucket/connections"
import { Card } from "@/components/card"
import { Fact, Facts } from "@/components/facts"
import { Instant } from "@/components/instant"
import { SubmitButton } from "@/components/submit-button"
import { type Connection, isRefreshable } from "@/lib/accounts/connection"
import { environment } from "@/lib/env"
import { chooseToStayConnected, refreshNow } from "./actions"
import { words } from "./words"

/** When the app refreshes the connection next, and whether it stays connected while signed out. */
export function RefreshCard({ connection }: { connection: Connection }) {
  const { id, status, expiresAt, remainingSeconds, lifetimeSeconds, staysConnected } = connection
  const canRefresh = isRefreshable(connection)
  const isAlive = remainingSeconds > 0
  const hasEnded = status === "ended"
  const refreshesAt = new Date(expiresAt.getTime() - refreshWindowSeconds(id, lifetimeSeconds) * 1_000)
  return (
    <Card
      id="renewal"
      title={words.refresh}
      aside={
        !hasEnded &&
        canRefresh && (
          <form action={refreshNow}>
            <SubmitButton pending={words.refreshing}>{words.refreshNow}</SubmitButton>
          </form>
        )
      }
    >
      <Facts>
        {canRefresh ? (
          <Fact name={words.nextRefresh}>
            {hasEnded && words.noneSignIn}
            {!hasEnded && (isAlive ? <Instant at={refreshesAt} as="instant" /> : words.whenAllowed)}
            {!hasEnded && <p className="muted">{words.byHand}</p>}
          </Fact>
        ) : (
          <Fact name={words.nextRefresh}>{words.noneLegacy}</Fact>
        )}
        <Fact name={words.signedOut}>
          <StayConnected staysConnected={staysConnected} />
        </Fact>
      </Facts>
    </Card>
  )
}

function StayConnected({ staysConnected }: { staysConnected: boolean }) {
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
