import type { CookieOption, CookiesOptions } from "@auth/core/types"
import { environment } from "@/lib/env"
import { sessionCookieName } from "@/lib/sessions/session-cookie"

/** A sign-in that takes longer than this has been forgotten by the person too. */
export const FLOW_LIFETIME_SECONDS = 15 * 60

/** The cookies of Auth.js that belong to one authorization request. */
export const flowParts = ["state", "pkceCodeVerifier", "callbackUrl"] as const

export type FlowPart = (typeof flowParts)[number]

/** `__Host-` over https: Auth.js itself says `__Secure-`, which a sibling host can set. */
export function authCookieName(name: string): string {
  return `${environment().secureCookies ? "__Host-" : ""}${name}`
}

export function cookieOptions() {
  return { httpOnly: true, sameSite: "lax", path: "/", secure: environment().secureCookies } as const
}

/** The cookies of Auth.js under our names. */
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
  return { name: authCookieName(name), options: cookieOptions() }
}
