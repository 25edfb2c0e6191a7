import "server-only"
import type { Route } from "next"
import { cookies, headers } from "next/headers"
import { redirect } from "next/navigation"
import type { NextRequest, NextResponse } from "next/server"
import { clientAddress } from "@/lib/server/limits/client-address"
import { type LimitedKind, limits } from "@/lib/server/limits/limits"
import { tooManyRequests } from "@/lib/server/limits/refusals"
import { readSessionCookie, sessionCookieName } from "./session-cookie"

/**
 * Counts a request to a route, before anything else is done for it.
 *
 * @returns a 429 response if it is one too many, otherwise null
 */
export async function refusalOf(request: NextRequest, kind: LimitedKind): Promise<NextResponse | null> {
  const wait = await secondsToWait(kind)
  return wait === null ? null : tooManyRequests(request, wait)
}

/**
 * Counts a page view or a server action, before anything else is done for it. Neither can set its own status,
 * so one too many is redirected to a route that answers 429.
 *
 * @param path where the user comes back to; by default the start page
 */
export async function limitTo(kind: "page" | "action", path?: string): Promise<void> {
  const wait = await secondsToWait(kind)
  if (wait === null) return
  const query = new URLSearchParams({ wait: String(wait), ...(path && { next: path }) })
  redirect(`/api/refused/429?${query}` as Route)
}

/** @returns whole seconds to wait if this request is one too many, else null */
async function secondsToWait(kind: LimitedKind): Promise<number | null> {
  const claims = await readSessionCookie((await cookies()).get(sessionCookieName())?.value)
  return limits()(kind, { address: clientAddress(await headers()), account: claims?.sub ?? null })
}
