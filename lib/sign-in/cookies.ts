import type { CookieOption, CookiesOptions } from "@auth/core/types"
import { environment } from "@/lib/env"
import { sessionCookieName } from "@/lib/sessions/session-cookie"

/** A sign-in that takes longer than this has been forgotten by the person too. */
const FLOW_LIFETIME_SECONDS = 15 * 60

export function callbackUrlCookieName(): string {
  return cookie("authjs.callback-url").name
}

/** All cookies of Auth.js, `__Host-` over https: Auth.js itself says `__Secure-`, which a sibling host can set. */
export function authCookies(): Partial<CookiesOptions> {
  return {
    sessionToken: { ...cookie("authjs.session-token"), name: sessionCookieName() },
    callbackUrl: cookie("authjs.callback-url"),
    csrfToken: cookie("authjs.csrf-token"),
    state: cookie("authjs.state", FLOW_LIFETIME_SECONDS),
    pkceCodeVerifier: cookie("authjs.pkce.code_verifier", FLOW_LIFETIME_SECONDS),
  }
}

function cookie(name: string, maxAge?: number): CookieOption & { name: string } {
  const { secureCookies } = environment()
  return {
    name: `${secureCookies ? "__Host-" : ""}${name}`,
    options: {
      httpOnly: true,
      sameSite: "lax",
      path: "/",
      secure: secureCookies,
      ...(maxAge && { maxAge }),
    },
  }
}
