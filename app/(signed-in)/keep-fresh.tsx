import { isRenewable } from "@/lib/connections/access-token"
import type { Connection } from "@/lib/connections/connection-store"
import { refreshWindowSeconds } from "@/lib/connections/refresh-window"
import { RenewWhileOpen } from "./renew-while-open"

/** The server has just tried when a page shows an expired token: the browser leaves it this long before it asks. */
const PAUSE_AFTER_EXPIRY_SECONDS = 15

/** For connections that can be refreshed, before or after their token expired. Signing in is all that helps the others. */
export function KeepFresh({ connection }: { connection: Connection }) {
  const { id, status, expiresAt, remainingSeconds, retryInSeconds, lifetimeSeconds } = connection
  if (status !== "active" || !isRenewable(connection)) return null
  return (
    <RenewWhileOpen
      expiresAt={expiresAt.toISOString()}
      leadSeconds={refreshWindowSeconds(id, lifetimeSeconds)}
      pauseSeconds={remainingSeconds > 0 ? 0 : Math.max(retryInSeconds, PAUSE_AFTER_EXPIRY_SECONDS)}
    />
  )
}
