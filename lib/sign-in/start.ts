import "server-only"
import { NextRequest, type NextResponse } from "next/server"
import { appOrigin } from "@/lib/server/app-origin"
import { flowResponse } from "./auth-response"

/**
 * Starts an authorization request, RFC 6749 §4.1.1.
 *
 * @param next where the person comes back to: a path that `parseReturnPath` has let through
 * @param startHandler Auth.js's handler of its sign-in form, which here nobody has to fill in
 * @returns the redirect to Bitbucket, with the cookie of the flow
 */
export async function startAuthorization(
  request: NextRequest,
  next: string,
  startHandler: (request: Request) => Promise<Response>,
): Promise<NextResponse> {
  const form = new NextRequest(`${appOrigin(request)}/api/auth/signin/bitbucket`, {
    method: "POST",
    body: new URLSearchParams({ callbackUrl: next }),
  })
  return flowResponse(request, await startHandler(form))
}
