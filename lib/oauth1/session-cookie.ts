import { environment } from "@/lib/env"
import { cookieOptions } from "@/lib/server/cookies"
import { type SessionClaims, sealSessionCookie, sessionCookieName } from "@/lib/sessions/session-cookie"

/** The session cookie of a sign-in that Auth.js did not run: the same that Auth.js would write. */
export async function createSessionCookie(claims: SessionClaims) {
  const maxAge = environment().SESSION_ABSOLUTE_DAYS * 24 * 60 * 60
  const value = await sealSessionCookie(claims, maxAge)
  return { name: sessionCookieName(), value, ...cookieOptions(), maxAge }
}
