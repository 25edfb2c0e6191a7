import { refreshWindowSeconds } from "auth-bitbucket/connections"
import type { Connection } from "@/lib/accounts/connection"
import { isRefreshable } from "@/lib/accounts/connection"
import { RenewWhileOpen } from "./renew-while-open"

/** The server has just tried when a page shows an expired token: the browser leaves it this long before it asks. */
const PAUSE_AFTER_EXPIRY_SECONDS = 15

/** For connections that can be refreshed, before or after their token expired. Signing in is all that helps the others. */
export function KeepFresh({ connection }: { connection: Connection }) {
  const { id, status, expiresAt, remainingSeconds, retryInSeconds, lifetimeSeconds } = connection
  if (status !== "active" || !isRefreshable(connection)) return null
  return (
    <RenewWhileOpen
      expiresAt={expiresAt.toISOString()}
      leadSeconds={refreshWindowSeconds(id, lifetimeSeconds)}
      pauseSeconds={remainingSeconds > 0 ? 0 : Math.max(retryInSeconds, PAUSE_AFTER_EXPIRY_SECONDS)}
    />
  )
}
