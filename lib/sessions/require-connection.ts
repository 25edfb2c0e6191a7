import "server-only"
import { redirect } from "next/navigation"
import { ConnectionError } from "@/lib/connections/errors"
import { renewedConnection } from "@/lib/connections/renewed-connection"
import { requireSession, type Session } from "./current-session"
import { orErrorPage } from "./error-page"
import { reconnectPath } from "./paths"

/**
 * The session of a page that reads from Bitbucket. If the connection has ended, redirects the person to sign in again,
 * from where they come back to `path`.
 */
export async function requireConnection(path: string): Promise<Session> {
  const session = await requireSession(path)
  return orErrorPage(path, renewedSession(session, path))
}

async function renewedSession(session: Session, path: string): Promise<Session> {
  try {
    return { ...session, connection: await renewedConnection(session.connection) }
  } catch (error) {
    if (error instanceof ConnectionError) redirect(reconnectPath(path))
    throw error
  }
}
