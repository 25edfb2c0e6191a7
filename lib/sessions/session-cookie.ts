import { decode } from "@auth/core/jwt"
import { z } from "zod"
import { environment } from "@/lib/env"

/** `sub` is the Bitbucket account's uuid, `sid` the id of this browser's session. Nothing else is in it. */
const sessionClaimsSchema = z.object({ sub: z.string().min(1), sid: z.string().min(1) })

export type SessionClaims = z.infer<typeof sessionClaimsSchema>

/** `__Host-` (RFC 6265bis §4.1.3.2) where the app is served over https: no other host can set or shadow it. */
export function sessionCookieName(): string {
  return `${environment().secureCookies ? "__Host-" : ""}authjs.session-token`
}

/**
 * Reads the value of the session cookie. A decode and no more: whether the session still exists, the
 * database knows.
 *
 * @returns null where the cookie is missing, foreign, altered or past its time
 */
export async function readSessionCookie(value: string | undefined): Promise<SessionClaims | null> {
  if (!value) return null
  try {
    const claims = await decode({ token: value, secret: environment().secrets, salt: sessionCookieName() })
    return sessionClaimsSchema.safeParse(claims).data ?? null
  } catch {
    return null
  }
}
