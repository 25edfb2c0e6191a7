import NextAuth from "next-auth"
import type { JWT } from "next-auth/jwt"
import Bitbucket from "next-auth/providers/bitbucket"

const site = process.env.BITBUCKET_SITE_URL ?? "https://bitbucket.org"
const api = process.env.BITBUCKET_API_URL ?? "https://api.bitbucket.org"

/**
 * Auth.js set up as its documentation says: the built-in Bitbucket provider with only Bitbucket's address
 * changed, the tokens in the session cookie, and an expired access token refreshed in the `jwt` callback.
 *
 * @see https://authjs.dev/guides/refresh-token-rotation
 * @see https://authjs.dev/guides/integrating-third-party-backends
 */
export const { handlers, auth } = NextAuth({
  providers: [
    Bitbucket({
      authorization: { url: `${site}/site/oauth2/authorize`, params: { scope: "account email" } },
      token: `${site}/site/oauth2/access_token`,
      userinfo: `${api}/2.0/user`,
    }),
  ],
  callbacks: {
    async jwt({ token, account }) {
      if (account) {
        const { access_token, expires_at, refresh_token } = account
        return { ...token, accessToken: access_token, expiresAt: expires_at, refreshToken: refresh_token }
      }
      return Date.now() < (token.expiresAt ?? 0) * 1_000 ? token : refresh(token)
    },
    session({ session, token }) {
      return Object.assign(session, { accessToken: token.accessToken, error: token.error })
    },
  },
})

/** On failure the guide keeps the old tokens and marks the session, for the page to ask for a new sign-in. */
async function refresh(token: JWT): Promise<JWT> {
  try {
    const credentials = `${process.env.AUTH_BITBUCKET_ID}:${process.env.AUTH_BITBUCKET_SECRET}`
    const response = await fetch(`${site}/site/oauth2/access_token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(credentials)}` },
      body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: token.refreshToken ?? "" }),
    })
    const answer = await response.json()
    if (!response.ok) throw answer
    const { error, ...rest } = token
    return {
      ...rest,
      accessToken: answer.access_token,
      expiresAt: Math.floor(Date.now() / 1_000 + answer.expires_in),
      refreshToken: answer.refresh_token ?? token.refreshToken,
    }
  } catch {
    return { ...token, error: "RefreshTokenError" }
  }
}

declare module "next-auth" {
  interface Session {
    accessToken?: string
    error?: "RefreshTokenError"
  }
}

declare module "next-auth/jwt" {
  interface JWT {
    accessToken?: string | undefined
    expiresAt?: number | undefined
    refreshToken?: string | undefined
    error?: "RefreshTokenError"
  }
}
