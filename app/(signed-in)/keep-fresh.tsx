import { refreshWindowSeconds } from "auth-bitbucket/connections"
import type { Connection } from "@/lib/accounts/connection"
import { isRefreshable } from "@/lib/accounts/connection"
import { RefreshWhileOpen } from "./refresh-while-open"

/** If the token of a page has expired, the server has just tried to refresh it. The browser waits this long before it asks again. */
const PAUSE_AFTER_EXPIRY_SECONDS = 15

/** For connections that can be refreshed, even if their token has expired. With others, the user has to sign in. */
export function KeepFresh({ connection }: { connection: Connection }) {
  const { id, status, expiresAt, remainingSeconds, retryInSeconds, lifetimeSeconds } = connection
  if (status !== "active" || !isRefreshable(connection)) return null
  return (
    <RefreshWhileOpen
      expiresAt={expiresAt.toISOString()}
      leadSeconds={refreshWindowSeconds(id, lifetimeSeconds)}
      pauseSeconds={remainingSeconds > 0 ? 0 : Math.max(retryInSeconds, PAUSE_AFTER_EXPIRY_SECONDS)}
    />
  )
}
