import { environment } from "@/lib/env"

/** `__Host-` (RFC 6265bis §4.1.3.2) if the app is served over https: no other host can set or shadow it. */
export function cookieName(name: string): string {
  return `${environment().secureCookies ? "__Host-" : ""}${name}`
}

/** The options for setting and clearing every cookie of this app: a browser clears only a cookie that matches. */
export function cookieOptions() {
  return { httpOnly: true, sameSite: "lax", path: "/", secure: environment().secureCookies } as const
}

/** Removes one of this app's cookies from a browser. */
export function clearedCookie(name: string) {
  return { name, value: "", ...cookieOptions(), maxAge: 0 }
}
