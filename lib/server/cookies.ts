import { environment } from "@/lib/env"

/** `__Host-` (RFC 6265bis §4.1.3.2) where the app is served over https: no other host can set or shadow it. */
export function cookieName(name: string): string {
  return `${environment().secureCookies ? "__Host-" : ""}${name}`
}

/** What every cookie of this app has, when it is set and when it is cleared: a browser clears only what matches. */
export function cookieOptions() {
  return { httpOnly: true, sameSite: "lax", path: "/", secure: environment().secureCookies } as const
}

/** What removes a cookie of this app from a browser. */
export function clearedCookie(name: string) {
  return { name, value: "", ...cookieOptions(), maxAge: 0 }
}
