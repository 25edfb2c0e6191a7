import "server-only"
import type { NextRequest } from "next/server"
import { clientAddress } from "./client-address"
import { type LimitedKind, limits } from "./limits"

/** The kinds of request that are counted; looking at a page is none, and costs no statement for it. */
export function limitedKindOf(method: string, pathname: string): LimitedKind | null {
  if (method === "POST") {
    if (pathname === "/api/token/refresh") return "refresh"
    return pathname.startsWith("/api/auth/signin") ? "start" : "action"
  }
  if (pathname === "/api/auth/session") return "session"
  if (/^\/(api\/auth|oauth1?\/[^/]+)\/callback(\/|$)/.test(pathname)) return "callback"
  return /^\/oauth1?\//.test(pathname) ? "start" : null
}

/**
 * Counts a request.
 *
 * @param account uuid of the account that its cookie names
 * @returns whole seconds to wait where it is one too many, else null
 */
export async function secondsToWait(
  request: NextRequest,
  kind: LimitedKind,
  account: string | null,
): Promise<number | null> {
  return limits()(kind, { address: clientAddress(request.headers), account })
}
