import "server-only"
import { Auth, skipCSRFCheck } from "@auth/core"
import NextAuth, { type NextAuthConfig } from "next-auth"
import { environment } from "@/lib/env"
import { parseReturnPath } from "@/lib/return-path"
import { parseProfile } from "@/lib/server/profile"
import { endSessionOf } from "@/lib/sessions/end-session"
import { authCookies, authLogger } from "@/lib/sign-in/authjs-adapter"
import { bitbucketProvider } from "@/lib/sign-in/provider"
import { startOAuth2Session } from "@/lib/sign-in/start-session"

/**
 * Auth.js runs the authorization code flow and writes the session cookie once, at sign-in. It reads no session:
 * `lib/sessions` does, and no page view writes a cookie. See docs/decisions/003-tokens-never-in-a-cookie.md.
 */
function authConfig(): NextAuthConfig {
  const { cookieSecrets, secureCookies, SESSION_ABSOLUTE_DAYS } = environment()
  return {
    basePath: "/api/auth",
    // The requests that Auth.js gets have the app's own origin, and no header that names another.
    trustHost: true,
    secret: cookieSecrets,
    useSecureCookies: secureCookies,
    cookies: authCookies(),
    session: { strategy: "jwt", maxAge: SESSION_ABSOLUTE_DAYS * 24 * 60 * 60 },
    pages: { signIn: "/signin", signOut: "/profile", error: "/auth/error", verifyRequest: "/signin" },
    providers: [bitbucketProvider()],
    logger: authLogger,
    callbacks: {
      redirect: ({ url, baseUrl }) => baseUrl + parseReturnPath(url, baseUrl),
      jwt({ token, account, profile }) {
        if (!account || !profile) return token
        return startOAuth2Session(account, parseProfile(profile))
      },
    },
    events: {
      async signOut(message) {
        const claims = "token" in message ? message.token : null
        if (claims?.sid && claims.sub) await endSessionOf({ sid: claims.sid, sub: claims.sub })
      },
    },
  }
}

/** The route handler of Auth.js. */
export const authHandler = NextAuth(authConfig).handlers.GET

/** The same without the CSRF token of its sign-in form, which the app itself sends when a person follows a link. */
export function startHandler(request: Request): Promise<Response> {
  return Auth(request, { ...authConfig(), skipCSRFCheck })
}

declare module "@auth/core/jwt" {
  /** All of the session cookie, besides `iat`, `exp` and `jti`. */
  interface JWT {
    sub?: string
    sid?: string
  }
}
