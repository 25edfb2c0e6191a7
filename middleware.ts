import { type NextRequest, NextResponse } from "next/server"
import { appOrigin } from "@/lib/app-origin"
import { contentSecurityPolicy } from "@/lib/content-security-policy"
import { readSessionCookie, sessionCookieName } from "@/lib/sessions/session-cookie"
import { wayIn } from "@/lib/sessions/way-in"

const protectedPath = /^\/(profile|integrations|sessions|activity)(\/|$)/

/**
 * A convenience and no guard: it saves people without a session cookie the way to a page that would send them
 * back, and gives every page the nonce of its Content Security Policy. What keeps people out is `lib/sessions`.
 */
export async function middleware(request: NextRequest): Promise<NextResponse> {
  const { pathname, search } = request.nextUrl
  if (protectedPath.test(pathname)) {
    const claims = await readSessionCookie(request.cookies.get(sessionCookieName())?.value)
    if (!claims) {
      const redirect = NextResponse.redirect(new URL(wayIn(pathname + search), appOrigin(request)))
      redirect.headers.set("cache-control", "private, no-store")
      return redirect
    }
  }
  const policy = contentSecurityPolicy(crypto.randomUUID())
  const headers = new Headers(request.headers)
  headers.set("content-security-policy", policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set("content-security-policy", policy)
  return response
}

export const config = {
  runtime: "nodejs",
  matcher: ["/((?!api/|_next/static|_next/image|favicon.ico|icon.svg|robots.txt).*)"],
}
