import type { Context } from "hono"
import { deleteCookie, getCookie, setCookie } from "hono/cookie"
import type { Bitbucket } from "../bitbucket.ts"
import type { Person } from "../state.ts"
import { ensureCsrfToken } from "./csrf.ts"
import type { Viewer } from "./html.ts"

export const SESSION_COOKIE = "bb_session"

/** The person signed in to the emulated Bitbucket in this browser, or null. */
export function getSignedInPerson(context: Context, bitbucket: Bitbucket): Person | null {
  const username = bitbucket.state.browserSessions.get(getCookie(context, SESSION_COOKIE) ?? "")
  return (username !== undefined && bitbucket.state.people.get(username)) || null
}

export function startBrowserSession(context: Context, bitbucket: Bitbucket, person: Person): void {
  bitbucket.state.browserSessions.delete(getCookie(context, SESSION_COOKIE) ?? "")
  const id = bitbucket.randomness.alphanumeric(32)
  bitbucket.state.browserSessions.set(id, person.username)
  setCookie(context, SESSION_COOKIE, id, { path: "/", httpOnly: true, sameSite: "Lax" })
}

export function endBrowserSession(context: Context, bitbucket: Bitbucket): void {
  bitbucket.state.browserSessions.delete(getCookie(context, SESSION_COOKIE) ?? "")
  deleteCookie(context, SESSION_COOKIE, { path: "/" })
}

export function viewerOf(context: Context, bitbucket: Bitbucket): Viewer | null {
  const person = getSignedInPerson(context, bitbucket)
  if (person === null) return null
  return {
    displayName: person.display_name ?? person.username,
    csrfToken: ensureCsrfToken(context, bitbucket),
  }
}
