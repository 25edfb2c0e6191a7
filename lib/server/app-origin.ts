import { environment } from "@/lib/env"

/**
 * The app's public origin: AUTH_URL if it is set, which no request header can change; otherwise, on Vercel and
 * in development, the one that the request names.
 */
export function appOrigin(request: Request): string {
  const { AUTH_URL, VERCEL } = environment()
  if (AUTH_URL) return AUTH_URL
  if (!VERCEL) return new URL(request.url).origin
  return `https://${requestedHost(request)}`
}

/** The host that a browser asked for, as far as a proxy passes it on: the first of X-Forwarded-Host, else Host. */
export function requestedHost({ headers }: Request): string | null {
  return headers.get("x-forwarded-host")?.split(",")[0]?.trim() || headers.get("host")
}

/**
 * Whether a form comes from a page of this app, according to the browser: its `Origin` is AUTH_URL, whatever hostname a proxy
 * sends; without AUTH_URL, it is the host that the request names. A client that sends no `Origin` is not a
 * browser, so it sends only its own cookies.
 */
export function comesFromThisApp(request: Request): boolean {
  const origin = request.headers.get("origin")
  if (origin === null) return true
  if (!URL.canParse(origin)) return false
  const { AUTH_URL } = environment()
  return AUTH_URL
    ? new URL(origin).origin === AUTH_URL
    : new URL(origin).host === requestedHost(request)?.toLowerCase()
}

/**
 * Whether a request to a route handler that changes something comes from a page of this app. Every browser sends
 * the origin of a POST in `Origin`, and most in `Sec-Fetch-Site` too. A client that sends neither is not a browser, so it
 * sends only its own cookies.
 */
export function isSameOrigin(request: Request): boolean {
  const origin = request.headers.get("origin")
  const site = request.headers.get("sec-fetch-site")
  if (origin !== null && origin !== appOrigin(request)) return false
  return site === null || site === "same-origin"
}
