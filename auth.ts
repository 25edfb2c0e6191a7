import "server-only"
import NextAuth, { type NextAuthConfig } from "next-auth"
import type { Profile } from "@/lib/bitbucket/profile"
import { bitbucketProvider } from "@/lib/bitbucket/provider"
import { db } from "@/lib/db/client"
import { environment } from "@/lib/env"
import { log } from "@/lib/log"
import { parseReturnPath } from "@/lib/return-path"
import { SESSION_LIFETIME_SECONDS } from "@/lib/sessions/session-cookie"
import { createSessionStore } from "@/lib/sessions/session-store"
import { authLogger } from "@/lib/sign-in/auth-error-report"
import { authCookies } from "@/lib/sign-in/cookies"
import { establishSession } from "@/lib/sign-in/establish-session"

/**
 * Auth.js runs the authorization code flow and writes the session cookie once, at sign-in. It reads no session:
 * `lib/sessions` does, and no page view writes a cookie. See docs/decisions/003-tokens-never-in-a-cookie.md.
 */
export const { handlers, signIn } = NextAuth((): NextAuthConfig => {
  const { secrets, secureCookies } = environment()
  return {
    basePath: "/api/auth",
    secret: secrets,
    useSecureCookies: secureCookies,
    cookies: authCookies(),
    session: { strategy: "jwt", maxAge: SESSION_LIFETIME_SECONDS },
    pages: { signIn: "/signin", error: "/auth/error" },
    providers: [bitbucketProvider()],
    logger: authLogger,
    callbacks: {
      redirect: ({ url, baseUrl }) => baseUrl + parseReturnPath(url, baseUrl),
      jwt({ token, account, profile }) {
        if (!account || !profile) return token
        return establishSession(account, profile as unknown as Profile)
      },
    },
    events: {
      async signOut(message) {
        const sid = "token" in message ? message.token?.sid : undefined
        if (typeof sid !== "string") return
        await createSessionStore(db()).end(sid)
        log.info("signed_out")
      },
    },
  }
})

declare module "@auth/core/jwt" {
  /** The whole of the session cookie, beside `iat`, `exp` and `jti`. */
  interface JWT {
    sub?: string
    sid?: string
  }
}
