import { encode } from "@auth/core/jwt"
import { environment } from "@/lib/env"
import { cookieOptions } from "@/lib/server/cookies"
import { type SessionClaims, sessionCookieName } from "@/lib/sessions/session-cookie"

/** The session cookie of a sign-in that Auth.js did not run: the same that Auth.js would write. */
export async function createSessionCookie(claims: SessionClaims) {
  const { cookieSecrets, SESSION_ABSOLUTE_DAYS } = environment()
  const name = sessionCookieName()
  const maxAge = SESSION_ABSOLUTE_DAYS * 24 * 60 * 60
  const value = await encode({ token: claims, secret: cookieSecrets, salt: name, maxAge })
  return { name, value, ...cookieOptions(), maxAge }
}
