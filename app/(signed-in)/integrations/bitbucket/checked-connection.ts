import type { Connection } from "@/lib/connections/connection-store"
import { connections } from "@/lib/connections/connections"
import { getCurrentProfile } from "@/lib/connections/current-profile"
import { ConnectionError } from "@/lib/connections/errors"

/**
 * The connection as its row has it after Bitbucket has been asked. Asking may have changed more than the tokens: it
 * may have shown that the grant is dead, or that the token has lapsed before its time.
 */
export async function checkedConnection(connection: Connection): Promise<Connection> {
  const { store } = connections()
  try {
    const { profile } = await getCurrentProfile(connection)
    const current = await store.read(connection.id)
    return current ? { ...current, profile } : { ...connection, status: "dead", remainingSeconds: 0 }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    const current = await store.read(connection.id)
    return { ...(current ?? connection), status: "dead", remainingSeconds: 0 }
  }
}
