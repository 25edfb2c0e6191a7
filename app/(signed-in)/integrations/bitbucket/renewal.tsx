import { buttonStyle } from "@/components/button-style"
import { Card } from "@/components/card"
import { Countdown } from "@/components/countdown"
import { Fact, Facts } from "@/components/facts"
import { Instant } from "@/components/instant"
import { isRenewable } from "@/lib/connections/access-token"
import type { Connection } from "@/lib/connections/connection-store"
import { refreshWindowSeconds } from "@/lib/connections/refresh-window"
import { environment } from "@/lib/env"
import { chooseToStayConnected, renewNow } from "./actions"

/** When the connection renews itself, and what a person may want otherwise. */
export function Renewal({ connection }: { connection: Connection }) {
  const { id, status, expiresAt, remainingSeconds, lifetimeSeconds, staysConnected } = connection
  const renews = isRenewable(connection)
  const isAlive = remainingSeconds > 0
  const isDead = status === "dead"
  const renewsAt = new Date(expiresAt.getTime() - refreshWindowSeconds(id, lifetimeSeconds) * 1_000)
  return (
    <Card
      id="renewal"
      title="Renewal"
      aside={
        !isDead &&
        renews && (
          <form action={renewNow}>
            <button type="submit" className={buttonStyle("secondary")}>
              Renew now
            </button>
          </form>
        )
      }
    >
      <Facts>
        {renews ? (
          <>
            <Fact name="Next renewal">
              {isDead && "None: sign in again"}
              {!isDead && (isAlive ? <Instant at={renewsAt} as="instant" /> : "When Bitbucket allows it")}
            </Fact>
            <Fact name="Access expires in">
              {isAlive ? <Countdown until={expiresAt.toISOString()} /> : "It has expired"}
            </Fact>
          </>
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
    <form action={chooseToStayConnected} className="flex flex-wrap items-center gap-x-4 gap-y-3">
      <p className="min-w-0 flex-1 basis-60">
        {staysConnected ? "Stays connected." : "Disconnects when you sign out of your last browser."}{" "}
        <span className="text-ink-muted">
          {staysConnected
            ? `We keep the connection while you are signed out, until you disconnect or have not visited for ${environment().STAY_CONNECTED_DAYS} days.`
            : "That deletes what Bitbucket gave this app."}
        </span>
      </p>
      <button
        type="submit"
        name="stay"
        value={staysConnected ? "off" : "on"}
        className={buttonStyle("secondary")}
      >
        {staysConnected ? "Don’t stay connected" : "Stay connected"}
      </button>
    </form>
  )
}
