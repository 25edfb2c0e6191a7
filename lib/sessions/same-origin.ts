import { appOrigin } from "@/lib/app-origin"

/**
 * Whether a request that changes something came from a page of this app. Every browser says where a POST comes
 * from, in `Origin` and mostly in `Sec-Fetch-Site` too; a client that says neither is no browser, and carries
 * nobody's cookies but its own.
 */
export function isSameOrigin(request: Request): boolean {
  const origin = request.headers.get("origin")
  const site = request.headers.get("sec-fetch-site")
  if (origin !== null && origin !== appOrigin(request)) return false
  return site === null || site === "same-origin"
}
