import type { Connection } from "@/lib/accounts/connection"
import { isConnectionError } from "@/lib/accounts/connection-error"
import { connections } from "@/lib/accounts/connections"
import { getCurrentProfile } from "@/lib/accounts/profile-snapshots"

/**
 * Asks Bitbucket for the profile, and then reads the connection again, because the answer may change more than the
 * tokens: it may show that the grant has ended, or that the token has expired early.
 */
export async function checkedConnection(connection: Connection): Promise<Connection> {
  const { accounts } = connections()
  try {
    const { profile } = await getCurrentProfile(connection, "page:connection")
    const current = await accounts.read(connection.account)
    return current ? { ...current, profile } : { ...connection, status: "ended", remainingSeconds: 0 }
  } catch (error) {
    if (!isConnectionError(error)) throw error
    const current = await accounts.read(connection.account)
    return { ...(current ?? connection), status: "ended", remainingSeconds: 0 }
  }
}
