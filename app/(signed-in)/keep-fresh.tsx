import { isRenewable } from "@/lib/connections/access-token"
import type { Connection } from "@/lib/connections/connection-store"
import { refreshWindowSeconds } from "@/lib/connections/refresh-window"
import { RenewWhileOpen } from "./renew-while-open"

/** Where the connection is alive. What is not is told by the page, and asking from the browser would not mend it. */
export function KeepFresh({ connection }: { connection: Connection }) {
  const { id, status, expiresAt, remainingSeconds, lifetimeSeconds } = connection
  if (status !== "active" || remainingSeconds <= 0 || !isRenewable(connection)) return null
  return (
    <RenewWhileOpen
      expiresAt={expiresAt.toISOString()}
      leadSeconds={refreshWindowSeconds(id, lifetimeSeconds)}
    />
  )
}
