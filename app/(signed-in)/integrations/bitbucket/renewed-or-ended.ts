import type { Connection } from "@/lib/connections/connection-store"
import { connections } from "@/lib/connections/connections"
import { ConnectionError } from "@/lib/connections/errors"
import { renewedConnection } from "@/lib/connections/renewed-connection"

/** The connection, renewed if it has lapsed; one that has ended is shown as that instead of sending anybody away. */
export async function renewedOrEnded(connection: Connection): Promise<Connection> {
  try {
    return await renewedConnection(connection)
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error
    // The row knows why, since this moment.
    const current = await connections().store.read(connection.id)
    return { ...(current ?? connection), status: "dead" }
  }
}
