import { decode, encode } from "@auth/core/jwt"
import { z } from "zod"
import { issuer, issuerOf } from "@/lib/bitbucket/identity"
import { environment } from "@/lib/env"
import { cookieName } from "@/lib/server/cookies"
import { processWide } from "@/lib/server/process-wide"
import { createRecentlyUsed } from "@/lib/server/recently-used"

/** `sub` is the account's identity, including its issuer; `sid` is the id of this browser's session. The cookie has nothing else. */
const sessionClaimsSchema = z.object({ sub: z.string().min(1), sid: z.string().min(1) })

export type SessionClaims = z.infer<typeof sessionClaimsSchema>

/** Besides them, when the cookie expires: seconds since 1970, RFC 7519 §4.1.4. */
const cookieSchema = sessionClaimsSchema.extend({ exp: z.number() })

type Decoded = z.infer<typeof cookieSchema>

/** At about 1 kB each. */
const REMEMBERED = 2_000

/** With the prefix `__Host-` if the app is served with TLS. */
export function sessionCookieName(): string {
  return cookieName("authjs.session-token")
}

/**
 * Reads the value of the session cookie. It only decodes it; the database knows whether the session still exists.
 *
 * @returns null if the cookie is missing, foreign, altered, expired, or about an account of another issuer than this
 *   deployment's
 */
export async function readSessionCookie(value: string | undefined): Promise<SessionClaims | null> {
  if (!value) return null
  const decoded = await decodeOnce(value)
  if (!decoded || decoded.exp * 1_000 <= Date.now()) return null
  return issuerOf(decoded.sub) === issuer() ? { sub: decoded.sub, sid: decoded.sid } : null
}

/**
 * Seals the session cookie as Auth.js would. Remembers its contents, because the browser's next request shows it.
 *
 * @param maxAge seconds until it expires
 */
export async function sealSessionCookie(claims: SessionClaims, maxAge: number): Promise<string> {
  const exp = Math.floor(Date.now() / 1_000) + maxAge
  const secret = environment().cookieSecrets
  const value = await encode({ token: claims, secret, salt: sessionCookieName(), maxAge })
  recent().set(value, { ...claims, exp })
  return value
}

/** The middleware, the page and the next page read the same cookie, whose contents never change. */
const recent = () => processWide("decoded-cookies", () => createRecentlyUsed<Decoded>(REMEMBERED))

async function decodeOnce(value: string): Promise<Decoded | null> {
  const known = recent().get(value)
  if (known) return known
  try {
    const { cookieSecrets, secrets } = environment()
    // Version 0.1.0 made cookies with AUTH_SECRET itself; they last 30 days.
    const secret = [...cookieSecrets, ...secrets]
    const payload = await decode({ token: value, secret, salt: sessionCookieName() })
    const decoded = cookieSchema.parse(payload)
    recent().set(value, decoded)
    return decoded
  } catch {
    return null
  }
}
