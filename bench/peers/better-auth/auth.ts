import { betterAuth } from "better-auth"
import { nextCookies } from "better-auth/next-js"
import { genericOAuth } from "better-auth/plugins"
import { Pool } from "pg"
import { readProfile } from "../markup/read-profile"

const site = process.env.BITBUCKET_SITE_URL ?? "https://bitbucket.org"

/**
 * Better Auth set up as its documentation says: Bitbucket through the generic OAuth plugin, sessions, accounts and tokens in
 * Postgres. Its rate limit is off, since one client sends all requests of a benchmark.
 *
 * @see https://www.better-auth.com/docs/plugins/generic-oauth
 */
export const auth = betterAuth({
  baseURL: process.env.AUTH_URL,
  secret: process.env.AUTH_SECRET,
  database: new Pool({ connectionString: process.env.BETTER_AUTH_DATABASE_URL }),
  rateLimit: { enabled: false },
  plugins: [
    genericOAuth({
      config: [
        {
          providerId: "bitbucket",
          clientId: process.env.AUTH_BITBUCKET_ID ?? "",
          clientSecret: process.env.AUTH_BITBUCKET_SECRET ?? "",
          authorizationUrl: `${site}/site/oauth2/authorize`,
          tokenUrl: `${site}/site/oauth2/access_token`,
          tokenEndpointAuth: { method: "client_secret_basic" },
          scopes: ["account", "email"],
          pkce: true,
          getUserInfo: async ({ accessToken }) => {
            const { account, emails } = await readProfile(accessToken)
            const primary = emails?.find(({ isPrimary }) => isPrimary)
            return {
              id: account.uuid,
              name: account.displayName ?? "",
              image: account.avatarUrl ?? undefined,
              email: primary?.address ?? "",
              emailVerified: primary?.isConfirmed ?? false,
            }
          },
        },
      ],
    }),
    nextCookies(),
  ],
})
