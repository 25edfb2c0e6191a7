import { type NextRequest, NextResponse } from "next/server"
import { environment } from "@/lib/env"
import { addressWithin } from "@/lib/return-path"
import { requestedHost } from "@/lib/server/app-origin"
import { noStore } from "@/lib/server/response-headers"

/** Whether a user opens a page: not a prefetch, an image or a frame of another site (Fetch Metadata, Sec-Purpose). */
export function isNavigation({ headers }: Request): boolean {
  const destination = headers.get("sec-fetch-dest")
  const isPrefetch = /prefetch/i.test(headers.get("sec-purpose") ?? headers.get("purpose") ?? "")
  return !isPrefetch && (destination === null || destination === "document")
}

/** Marks a URL that this app redirected to, so that a proxy that hides the hostname causes no loop. */
const MOVED = "moved"

/**
 * A sign-in has to start on the host where it ends: Bitbucket sends people to AUTH_URL, and the flow cookie belongs to the
 * host that set it. So a sign-in on another host of this app (`www`, `*.vercel.app`, `127.0.0.1`) is first redirected, once,
 * to the same path below AUTH_URL.
 *
 * @returns null if the sign-in may continue here
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

/** A redirect to a path of this app. @param path as for `addressWithin` */
export function redirectWithin(request: Request, path: string): NextResponse {
  const headers = { ...noStore, location: addressWithin(request, path) }
  return new NextResponse(null, { status: 302, headers })
}
