import "server-only"
import { TokenUnavailableError, UserAuthorizationRequiredError } from "auth-bitbucket/connections"
import type { Connection } from "./connection"
import { connections } from "./connections"

/**
 * Refreshes the connection's access token if it has expired. A page calls this before it sends its first byte, while it
 * can still choose between a page and a redirect to Bitbucket.
 *
 * @throws UserAuthorizationRequiredError; never because Bitbucket is unavailable
 */
export async function refreshedConnection(connection: Connection): Promise<Connection> {
  if (connection.remainingSeconds > 0) return connection
  const { kept, accounts } = connections()
  try {
    return { ...connection, ...(await kept.getConnection(connection)) }
  } catch (error) {
    if (!(error instanceof TokenUnavailableError) || error.code !== "bitbucket_unavailable") throw error
  }
  const current = await accounts.read(connection.account)
  if (!current) throw new UserAuthorizationRequiredError("not_connected")
  return current
}
