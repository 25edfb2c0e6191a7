import "server-only"
import { cookies } from "next/headers"
import { activities } from "@/lib/accounts/activity"
import { connections } from "@/lib/accounts/connections"
import { db } from "@/lib/db/client"
import { clearedCookie } from "@/lib/server/cookies"
import { log } from "@/lib/server/log"
import { describeBrowser } from "./browser-name"
import { getSession } from "./current-session"
import { createPersonalData } from "./personal-data"
import { readSessionCookie, type SessionClaims, sessionCookieName } from "./session-cookie"
import { sessions } from "./sessions"

/**
 * Signs this browser out: on the server first, so that copies of the cookie are worthless from then on. It relies on the
 * cookie alone, since people whose connection has ended or who are not admitted now may sign out too.
 *
 * @throws the database's error; the user then stays signed in, and the page says so
 */
export async function endSession(): Promise<void> {
  const claims = await readSessionCookie((await cookies()).get(sessionCookieName())?.value)
  if (claims) await endSessionOf(claims)
  await clearSessionCookie()
}

/** Ends the session that a cookie names, if it has not ended yet; the cookie itself stays. */
export async function endSessionOf({ sid, sub }: SessionClaims): Promise<void> {
  const ended = await sessions().end(sid)
  if (!ended) return
  log.info("signed_out", { account: sub })
  await activities().record(sub, "signed_out", describeBrowser(ended.userAgent))
}

/**
 * Ends the signed-in user's sessions in other browsers.
 *
 * @param reference identifies one of them; without it, all others end
 * @returns how many ended, or null if the browser is not signed in
 */
export async function endOtherSessions(reference?: string): Promise<number | null> {
  const session = await getSession()
  if (!session) return null
  const { connection } = session
  const ended = await sessions().endOthers(connection.id, session.reference, reference)
  const [first] = ended
  log.info("sessions_ended", { account: connection.account, count: ended.length })
  if (first) {
    const browser = ended.length === 1 ? describeBrowser(first.userAgent) : null
    await activities().record(connection.account, "session_ended", browser ?? String(ended.length))
  }
  return ended.length
}

/**
 * Disconnects the signed-in account: its tokens, its stored profile and its sessions in every browser.
 *
 * @returns whether a user was signed in, and so whether anything was disconnected
 */
export async function disconnectAccount(): Promise<boolean> {
  const session = await getSession()
  if (session) {
    await connections().kept.disconnect(session.connection.account)
    log.info("disconnected", { account: session.connection.account })
    await activities().record(session.connection.account, "disconnected")
  }
  await clearSessionCookie()
  return session !== null
}

/**
 * Deletes everything stored about the signed-in user, including activity.
 *
 * @returns whether a user was signed in, and so whether anything was deleted
 */
export async function eraseAccount(): Promise<boolean> {
  const session = await getSession()
  if (session) {
    const { account } = session.connection
    await createPersonalData(db()).erase(account)
    log.info("personal_data_erased", { account })
  }
  await clearSessionCookie()
  return session !== null
}

async function clearSessionCookie(): Promise<void> {
  const jar = await cookies()
  jar.set(clearedCookie(sessionCookieName()))
}
