import "server-only"
import { cookies } from "next/headers"
import { redirect } from "next/navigation"
import { after } from "next/server"
import { cache } from "react"
import type { Refusal } from "@/lib/accounts/admission"
import type { Connection } from "@/lib/accounts/connection"
import { connections } from "@/lib/accounts/connections"
import { reportFailure } from "@/lib/server/failure-report"
import { orErrorPage } from "./error-page"
import { reconnectPath, refusalPath, signInPath } from "./paths"
import { readSessionCookie, sessionCookieName } from "./session-cookie"
import { sessions } from "./sessions"

export type Session = {
  sid: string
  /** Identifies the session on the user's own pages. */
  reference: string
  expiresAt: Date
  connection: Connection
}

/**
 * The session of a request, or why there is none: `signed_out` has no session cookie; of `session_ended` the cookie names a
 * session that has expired or was ended elsewhere.
 */
export type SessionReading =
  | { session: Session; absence: null }
  | { session: null; absence: "signed_out" | "session_ended" | Exclude<Refusal, "connection_ended"> }
  | { session: null; absence: "connection_ended"; lastFailure: Connection["lastFailure"] }

/**
 * Reads the session of the requesting browser, once per request. This check, not the middleware, protects the app: every
 * page, route handler and server action that shows or changes a user's data goes through here. If the deployment admits
 * only some people and Bitbucket's last answer is too old, it asks Bitbucket again; see `createAdmission`.
 *
 * @throws DatabaseError, which means neither "signed in" nor "signed out"
 */
export const readSession = cache(async (): Promise<SessionReading> => {
  const jar = await cookies()
  const claims = await readSessionCookie(jar.get(sessionCookieName())?.value)
  if (!claims) return { session: null, absence: "signed_out" }
  const store = sessions()
  const live = await store.read(claims.sid, claims.sub)
  if (!live) return { session: null, absence: "session_ended" }
  // After the response, and only every few minutes.
  if (live.needsTouch)
    after(() => store.touch(claims.sid).catch((error) => reportFailure("session_not_touched", error)))
  const { connection, refusal } = await connections().admit(live.connection)
  if (refusal === "connection_ended")
    return { session: null, absence: refusal, lastFailure: live.connection.lastFailure }
  if (refusal !== null) return { session: null, absence: refusal }
  return { session: { ...live, sid: claims.sid, connection }, absence: null }
})

/** The session of the requesting browser; null if it is not signed in. @throws like `readSession` */
export async function getSession(): Promise<Session | null> {
  return (await readSession()).session
}

/**
 * The session for pages that work without one; also null if the database fails. Reports the failure after the
 * response, unless code that needs the session has already reported it.
 */
export async function findSession(): Promise<Session | null> {
  try {
    return await getSession()
  } catch (error) {
    after(() => reportFailure("session_not_read", error))
    return null
  }
}

/**
 * The session of a page that needs one. Without a session, redirects the user to sign in and then back to
 * `path`. If the database cannot be reached, redirects to the page that says so; the user stays signed in.
 *
 * @param pathToSignIn differs between a page and an action
 */
export async function requireSession(path: string, pathToSignIn = signInPath): Promise<Session> {
  const { session, absence } = await orErrorPage(path, readSession())
  if (session) return session
  if (absence === "signed_out" || absence === "session_ended") redirect(pathToSignIn(path, absence))
  redirect(absence === "connection_ended" ? reconnectPath(path) : refusalPath(path, absence))
}
