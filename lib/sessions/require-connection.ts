import "server-only"
import { UserAuthorizationRequiredError } from "auth-bitbucket/connections"
import { redirect } from "next/navigation"
import { refreshedConnection } from "@/lib/accounts/refreshed-connection"
import { requireSession, type Session } from "./current-session"
import { orErrorPage } from "./error-page"
import { reconnectPath } from "./paths"

/**
 * The session of a page that reads from Bitbucket. If the connection has ended, redirects the user to sign in again
 * and then back to `path`.
 */
export async function requireConnection(path: string): Promise<Session> {
  const session = await requireSession(path)
  return orErrorPage(path, refreshedSession(session, path))
}

async function refreshedSession(session: Session, path: string): Promise<Session> {
  try {
    return { ...session, connection: await refreshedConnection(session.connection) }
  } catch (error) {
    if (error instanceof UserAuthorizationRequiredError) redirect(reconnectPath(path))
    throw error
  }
}
