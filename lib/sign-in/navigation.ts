import type { NextRequest } from "next/server"
import { environment } from "@/lib/env"
import { requestedHost } from "@/lib/server/app-origin"
import { noStore } from "@/lib/server/response-headers"

/** Prefetches, images and frames of other sites start nothing (Fetch Metadata, Sec-Purpose). */
export function isNavigation({ headers }: Request): boolean {
  const destination = headers.get("sec-fetch-dest")
  const isPrefetch = /prefetch/i.test(headers.get("sec-purpose") ?? headers.get("purpose") ?? "")
  return !isPrefetch && (destination === null || destination === "document")
}

/** Marks an address that a sign-in has been sent to, so that a proxy which hides the name makes no loop. */
const MOVED = "moved"

/**
 * A sign-in has to begin where it ends: Bitbucket sends people to AUTH_URL, and the cookie of the flow stays at the
 * name that set it. One that begins at another name of this app (`www`, `*.vercel.app`, `127.0.0.1`) goes to the
 * same path below AUTH_URL first, once.
 *
 * @returns null where the sign-in may go on here
 */
export function redirectToAppOrigin(request: NextRequest): Response | null {
  const { AUTH_URL } = environment()
  const { pathname, search, searchParams } = request.nextUrl
  if (!AUTH_URL || searchParams.has(MOVED) || isHostOf(AUTH_URL, requestedHost(request))) return null
  const location = new URL(AUTH_URL)
  location.pathname = pathname
  location.search = search
  location.searchParams.set(MOVED, "1")
  return new Response(null, { status: 302, headers: { ...noStore, location: location.href } })
}

/** @param host may spell out the default port */
function isHostOf(origin: string, host: string | null): boolean {
  const { protocol, host: expected } = new URL(origin)
  const address = `${protocol}//${host}`
  return URL.canParse(address) && new URL(address).host === expected
}
