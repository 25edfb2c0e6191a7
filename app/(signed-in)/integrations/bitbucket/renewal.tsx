import { refreshWindowSeconds } from "auth-bitbucket/connections"
import { Card } from "@/components/card"
import { Fact, Facts } from "@/components/facts"
import { Instant } from "@/components/instant"
import { SubmitButton } from "@/components/submit-button"
import { type Connection, isRefreshable } from "@/lib/accounts/connection"
import { environment } from "@/lib/env"
import { chooseToStayConnected, renewNow } from "./actions"

/** When the connection renews itself, and what a person may want otherwise. */
export function Renewal({ connection }: { connection: Connection }) {
  const { id, status, expiresAt, remainingSeconds, lifetimeSeconds, staysConnected } = connection
  const renews = isRefreshable(connection)
  const isAlive = remainingSeconds > 0
  const isDead = status === "ended"
  const renewsAt = new Date(expiresAt.getTime() - refreshWindowSeconds(id, lifetimeSeconds) * 1_000)
  return (
    <Card
      id="renewal"
      title="Renewal"
      aside={
        !isDead &&
        renews && (
          <form action={renewNow}>
            <SubmitButton pending="Renewing …">Renew now</SubmitButton>
          </form>
        )
      }
    >
      <Facts>
        {renews ? (
          <Fact name="Next renewal">
            {isDead && "None: sign in again"}
            {!isDead && (isAlive ? <Instant at={renewsAt} as="instant" /> : "When Bitbucket allows it")}
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
      <SubmitButton name="stay" value={staysConnected ? "off" : "on"} pending="Saving …">
        {staysConnected ? "Don’t stay connected" : "Stay connected"}
      </SubmitButton>
    </form>
  )
}
