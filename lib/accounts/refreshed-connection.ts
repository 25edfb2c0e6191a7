import "server-only"
import { TokenUnavailableError, UserAuthorizationRequiredError } from "auth-bitbucket/connections"
import type { Connection } from "./connection"
import { connections } from "./connections"

/**
 * The connection with its access token refreshed where that has expired. A page asks before it sends its first byte:
 * whether the answer is the page or a redirect to Bitbucket must be known while there is a status to set.
 *
 * @throws UserAuthorizationRequiredError; that Bitbucket cannot be asked now is no reason to throw
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
