import { refreshWindowSeconds } from "auth-bitbucket/connections"
import { Card } from "@/components/card"
import { Fact, Facts } from "@/components/facts"
import { Instant } from "@/components/instant"
import { SubmitButton } from "@/components/submit-button"
import { type Connection, isRefreshable } from "@/lib/accounts/connection"
import { environment } from "@/lib/env"
import { chooseToStayConnected, refreshNow } from "./actions"

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
      title="Renewal"
      aside={
        !hasEnded &&
        canRefresh && (
          <form action={refreshNow}>
            <SubmitButton pending="Renewing…">Renew now</SubmitButton>
          </form>
        )
      }
    >
      <Facts>
        {canRefresh ? (
          <Fact name="Next renewal">
            {hasEnded && "None: sign in again"}
            {!hasEnded && (isAlive ? <Instant at={refreshesAt} as="instant" /> : "When Bitbucket allows it")}
          </Fact>
        ) : (
          <Fact name="Next renewal">None: access from the legacy sign-in does not expire</Fact>
        )}
        <Fact name="While signed out">
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
        {staysConnected ? "Stays connected." : "Disconnects when you sign out of your last browser."}{" "}
        <span className="muted">
          {staysConnected
            ? `We keep the connection while you are signed out, until you disconnect or have not visited for ${environment().STAY_CONNECTED_DAYS} days.`
            : "That deletes what Bitbucket gave this app."}
        </span>
      </p>
      <SubmitButton name="stay" value={staysConnected ? "off" : "on"} pending="Saving…">
        {staysConnected ? "Don’t stay connected" : "Stay connected"}
      </SubmitButton>
    </form>
  )
}
