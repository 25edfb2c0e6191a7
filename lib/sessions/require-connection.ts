import "server-only"
import { redirect } from "next/navigation"
import { ConnectionError } from "@/lib/connections/errors"
import { renewedConnection } from "@/lib/connections/renewed-connection"
import { requireSession, type Session } from "./current-session"
import { fromRecords } from "./records"
import { wayBackIn } from "./way-in"

/**
 * The session of a page that reads from Bitbucket. Where the connection has ended, the person is sent
 * to sign in again and comes back to `path`.
 */
export async function requireConnection(path: string): Promise<Session> {
  const session = await requireSession(path)
  return fromRecords(path, renewedSession(session, path))
}

async function renewedSession(session: Session, path: string): Promise<Session> {
  try {
    return { ...session, connection: await renewedConnection(session.connection) }
  } catch (error) {
    if (error instanceof ConnectionError) redirect(wayBackIn(path))
    throw error
  }
}
