import "server-only"
import type { Connection } from "./connection-store"
import { connections } from "./connections"
import { ConnectionError } from "./errors"

/**
 * The connection with its access token renewed where that has lapsed. A page asks before it sends its first
 * byte: whether the answer is the page or the way back to Bitbucket must be known while there is a status to set.
 *
 * @throws ConnectionError `reauthorization_required`; that Bitbucket cannot be asked now is no reason to throw
 */
export async function renewedConnection(connection: Connection): Promise<Connection> {
  if (connection.remainingSeconds > 0) return connection
  const { accessTokens, store } = connections()
  try {
    await accessTokens.getAccessToken(connection.id, connection)
  } catch (error) {
    if (!(error instanceof ConnectionError) || error.code === "reauthorization_required") throw error
  }
  const current = await store.read(connection.id)
  if (!current) throw new ConnectionError("reauthorization_required")
  return current
}
