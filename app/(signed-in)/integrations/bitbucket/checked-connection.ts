import type { Connection } from "@/lib/accounts/connection"
import { isConnectionError } from "@/lib/accounts/connection-error"
import { connections } from "@/lib/accounts/connections"
import { getCurrentProfile } from "@/lib/accounts/current-profile"

/**
 * The connection as its row has it after Bitbucket has been asked. Asking may have changed more than the tokens: it
 * may have shown that the grant is dead, or that the token has lapsed before its time.
 */
export async function checkedConnection(connection: Connection): Promise<Connection> {
  const { accounts } = connections()
  try {
    const { profile } = await getCurrentProfile(connection)
    const current = await accounts.read(connection.account)
    return current ? { ...current, profile } : { ...connection, status: "ended", remainingSeconds: 0 }
  } catch (error) {
    if (!isConnectionError(error)) throw error
    const current = await accounts.read(connection.account)
    return { ...(current ?? connection), status: "ended", remainingSeconds: 0 }
  }
}
