import "server-only"
import { cookies } from "next/headers"
import { redirect } from "next/navigation"
import { after } from "next/server"
import { cache } from "react"
import type { Refusal } from "@/lib/connections/admission"
import type { Connection } from "@/lib/connections/connection-store"
import { connections } from "@/lib/connections/connections"
import { reportFailure } from "@/lib/server/failure-report"
import { fromRecords } from "./records"
import { readSessionCookie, sessionCookieName } from "./session-cookie"
import { sessions } from "./sessions"
import { refusalPath, wayBackIn, wayIn } from "./way-in"

export type Session = {
  sid: string
  /** Names the session to its own person. */
  reference: string
  expiresAt: Date
  connection: Connection
}

/** The session of a request, or why there is none. */
export type SessionReading =
  | { session: Session; absence: null }
  | { session: null; absence: "signed_out" | Refusal }

/**
 * Reads the session of the browser that asks, once per request: this, and not the middleware, is what keeps people
 * out. Every page, route handler and server action that shows or does something of a person's goes through here.
 * Where the deployment admits some people only, it asks Bitbucket again before it answers; see `createAdmission`.
 *
 * @throws DatabaseError: never taken for "signed in" or "signed out"
 */
export const readSession = cache(async (): Promise<SessionReading> => {
  const jar = await cookies()
  const claims = await readSessionCookie(jar.get(sessionCookieName())?.value)
  if (!claims) return { session: null, absence: "signed_out" }
  const store = sessions()
  const live = await store.read(claims.sid, claims.sub)
  if (!live) return { session: null, absence: "signed_out" }
  // Behind the answer, and every few minutes only: nobody waits for it.
  if (live.isLongUnseen)
    after(() => store.touch(claims.sid).catch((error) => reportFailure("session_not_touched", error)))
  const { connection, refusal } = await connections().admit(live.connection)
  if (refusal !== null) return { session: null, absence: refusal }
  return { session: { ...live, sid: claims.sid, connection }, absence: null }
})

/** The session of the browser that asks. @returns null where nobody is signed in. @throws as `readSession` */
export async function getSession(): Promise<Session | null> {
  return (await readSession()).session
}

/**
 * The session for what is shown with and without one: where the database cannot say, without. That is reported once
 * the answer is out, unless something that needs the session has told of it by then.
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
 * The session of a page that needs one; without it the person is sent to sign in and comes back to `path`. Where
 * the database cannot be reached, they are sent to the page that says so, still signed in.
 *
 * @param way to sign in; an action has another than a page
 */
export async function requireSession(path: string, way = wayIn): Promise<Session> {
  const { session, absence } = await fromRecords(path, readSession())
  if (session) return session
  if (absence === "signed_out") redirect(way(path))
  redirect(absence === "connection_ended" ? wayBackIn(path) : refusalPath(path, absence))
}
