import type { NextRequest } from "next/server"
import { startHandler } from "@/auth"
import { startSignIn } from "@/lib/sign-in/start"

/**
 * A link here is a link to Bitbucket's consent page. A GET by design: it changes no session and no token.
 *
 * `reason` is for people who read the URL. Nothing evaluates it.
 */
export function GET(request: NextRequest): Promise<Response> {
  return startSignIn(request, startHandler)
}

export function HEAD(): Response {
  return new Response(null, { status: 405, headers: { allow: "GET" } })
}
