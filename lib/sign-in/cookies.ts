import type { CookieOption, CookiesOptions } from "@auth/core/types"
import { cookieName, cookieOptions } from "@/lib/server/cookies"
import { sessionCookieName } from "@/lib/sessions/session-cookie"

/** A sign-in that takes longer than this has been forgotten by the person too. */
export const FLOW_LIFETIME_SECONDS = 15 * 60

/** The cookies of Auth.js under our names: its own are `__Secure-`, which a sibling host can set. */
export function authCookies() {
  return {
    sessionToken: { name: sessionCookieName(), options: cookieOptions() },
    csrfToken: cookie("authjs.csrf-token"),
    state: cookie("authjs.state"),
    pkceCodeVerifier: cookie("authjs.pkce.code_verifier"),
    callbackUrl: cookie("authjs.callback-url"),
  } satisfies Partial<CookiesOptions>
}

function cookie(name: string): CookieOption & { name: string } {
  return { name: cookieName(name), options: cookieOptions() }
}
