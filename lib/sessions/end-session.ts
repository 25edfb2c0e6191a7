import "server-only"
import { cookies } from "next/headers"
import { connections } from "@/lib/connections/connections"
import { db } from "@/lib/db/client"
import { environment } from "@/lib/env"
import { log } from "@/lib/log"
import { getSession } from "./current-session"
import { sessionCookieName } from "./session-cookie"
import { createSessionStore } from "./session-store"

/**
 * Signs this browser out: on the server first, so that a copy of the cookie is worth nothing from then on.
 *
 * @throws the database's error where it cannot be asked; the person is then still signed in, and is told so
 */
export async function endSession(): Promise<void> {
  const session = await getSession()
  if (session) {
    await createSessionStore(db()).end(session.sid)
    log.info("signed_out", { account: session.connection.accountUuid })
  }
  await clearSessionCookie()
}

/**
 * Disconnects the signed-in account: its tokens, its stored profile and its sessions in every browser.
 *
 * @returns whether anybody was signed in, and so whether anything was disconnected
 */
export async function disconnectAccount(): Promise<boolean> {
  const session = await getSession()
  if (session) {
    await connections().store.delete(session.connection.id)
    log.info("disconnected", { account: session.connection.accountUuid })
  }
  await clearSessionCookie()
  return session !== null
}

/** With the attributes it was set with: a `__Host-` cookie is cleared only by a `Secure` one for the path `/`. */
async function clearSessionCookie(): Promise<void> {
  const jar = await cookies()
  jar.set(sessionCookieName(), "", {
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: environment().secureCookies,
    maxAge: 0,
  })
}
