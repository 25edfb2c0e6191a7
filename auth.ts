import "server-only"
import { Auth, skipCSRFCheck } from "@auth/core"
import NextAuth, { type NextAuthConfig } from "next-auth"
import { profileSchema } from "@/lib/bitbucket/profile"
import { environment } from "@/lib/env"
import { parseReturnPath } from "@/lib/return-path"
import { endSessionOf } from "@/lib/sessions/end-session"
import { type SessionClaims, sealSessionCookie } from "@/lib/sessions/session-cookie"
import { authCookies, authLogger } from "@/lib/sign-in/authjs-adapter"
import { bitbucketProvider } from "@/lib/sign-in/provider"
import { startOAuth2Session } from "@/lib/sign-in/start-session"

/**
 * Auth.js runs the authorization code flow and writes the session cookie once, at sign-in. It never reads a session;
 * `lib/sessions` does that. No page view writes a cookie. See docs/decisions/003-tokens-never-in-a-cookie.md.
 */
function authConfig(): NextAuthConfig {
  const { cookieSecrets, secureCookies, SESSION_ABSOLUTE_DAYS } = environment()
  const maxAge = SESSION_ABSOLUTE_DAYS * 24 * 60 * 60
  return {
    basePath: "/api/auth",
    // The requests that we pass to Auth.js have the app's own origin, and no header that names another.
    trustHost: true,
    secret: cookieSecrets,
    useSecureCookies: secureCookies,
    cookies: authCookies(),
    session: { strategy: "jwt", maxAge },
    // Gets what the callback `jwt` returned.
    jwt: { encode: ({ token }) => sealSessionCookie(token as SessionClaims, maxAge) },
    pages: { signIn: "/signin", signOut: "/profile", error: "/auth/error", verifyRequest: "/signin" },
    providers: [bitbucketProvider()],
    logger: authLogger,
    callbacks: {
      redirect: ({ url, baseUrl }) => baseUrl + parseReturnPath(url, baseUrl),
      jwt({ token, account, profile }) {
        if (!account || !profile) return token
        return startOAuth2Session(account, profileSchema.parse(profile))
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

/** The same, but without the CSRF token of Auth.js's sign-in form, because the app starts a sign-in when a user follows a link. */
export function startHandler(request: Request): Promise<Response> {
  return Auth(request, { ...authConfig(), skipCSRFCheck })
}

declare module "@auth/core/jwt" {
  /** The whole session cookie, except `iat`, `exp` and `jti`. */
  interface JWT {
    sub?: string
    sid?: string
  }
}
