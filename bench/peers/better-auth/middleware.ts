import { getSessionCookie } from "better-auth/cookies"
import { type NextRequest, NextResponse } from "next/server"

/**
 * As in the documentation: looks for a session cookie without opening it. The page verifies the session.
 *
 * @see https://www.better-auth.com/docs/integrations/next#auth-protection
 */
export function middleware(request: NextRequest): NextResponse {
  return getSessionCookie(request)
    ? NextResponse.next()
    : NextResponse.redirect(new URL("/signin", request.url))
}

export const config = { runtime: "nodejs", matcher: ["/profile"] }
