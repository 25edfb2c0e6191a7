/**
 * Bitbucket Cloud as a provider of Auth.js.
 *
 * @module
 */
import { customFetch } from "@auth/core"
import type { OAuthConfig } from "@auth/core/providers"
import { type AccountWithEmails, readAccountWithEmails } from "./bitbucket/account.ts"
import { confirmedPrimaryEmail } from "./bitbucket/emails.ts"
import { type BitbucketUrls, bitbucketUrls } from "./bitbucket/urls.ts"
import { createClient } from "./client.ts"
import { createBoundedFetch } from "./http/bounded-fetch.ts"

export type { Account, AccountWithEmails } from "./bitbucket/account.ts"
export { confirmedPrimaryEmail, type Email } from "./bitbucket/emails.ts"
export { BitbucketError, type BitbucketErrorCode } from "./bitbucket/errors.ts"
export { type BitbucketUrls, bitbucketUrls } from "./bitbucket/urls.ts"

/** The issuer of Bitbucket Cloud's accounts. */
export const BITBUCKET_ISSUER = "https://bitbucket.org"

/** The `profile` that the callbacks of Auth.js get. */
export type BitbucketProfile = AccountWithEmails & {
  /** The address that is primary and confirmed, or null. An unconfirmed one is never here. */
  email: string | null
  email_verified: boolean
}

export type BitbucketOptions = {
  /** The key of the OAuth consumer. */
  clientId: string
  clientSecret: string
  /** `account email` unless given. Signing in needs `account`. */
  scopes?: readonly string[] | undefined
  /**
   * Whether a sign-in fails if Bitbucket cannot list the user's addresses. Otherwise people can sign in during an outage of that
   * one endpoint, and `emails` is null.
   */
  requireEmails?: boolean | undefined
  /** Sends the requests; Node's own HTTP client unless given. */
  fetch?: typeof globalThis.fetch | undefined
  /** Where Bitbucket is, if it is not Bitbucket Cloud itself. */
  urls?: Partial<BitbucketUrls> | undefined
}

/**
 * Bitbucket as a provider of Auth.js, for Next.js, Express and SvelteKit alike.
 *
 * Unlike Auth.js's own provider, it sends `state` and PKCE (`state` is what protects the callback today;
 * Bitbucket tolerates S256 and may verify it one day), checks the status and the shape of `/2.0/user` before it lets a
 * user sign in, identifies users by their `uuid`, and reads their addresses. If that fails, it throws BitbucketError
 * inside Auth.js, which shows its error page.
 *
 * @example
 * NextAuth({ providers: [Bitbucket({ clientId: "…", clientSecret: "…" })] })
 */
export function Bitbucket(options: BitbucketOptions): OAuthConfig<BitbucketProfile> {
  const { clientId, clientSecret, scopes = ["account", "email"], requireEmails = false } = options
  const urls = bitbucketUrls(options.urls)
  const origins = [urls.site, urls.api].map((address) => new URL(address).origin)
  const fetch = createBoundedFetch({ origins, fetch: options.fetch })
  return {
    id: "bitbucket",
    name: "Bitbucket",
    type: "oauth",
    // Prepares for an `iss` parameter (RFC 9207). Auth.js does no discovery, since every endpoint is given.
    issuer: BITBUCKET_ISSUER,
    checks: ["pkce", "state"],
    clientId,
    clientSecret,
    client: { token_endpoint_auth_method: "client_secret_basic" },
    authorization: { url: urls.authorize, params: { scope: scopes.join(" ") } },
    token: urls.token,
    userinfo: {
      url: urls.user,
      async request({ tokens }: { tokens: { access_token?: string } }) {
        const client = createClient({ getToken: () => tokens.access_token ?? "", fetch, urls })
        return bitbucketProfile(await readAccountWithEmails(client, { requireEmails }))
      },
    },
    profile: ({ account, email }) => ({
      id: account.uuid,
      name: account.displayName ?? account.nickname,
      email,
      image: account.avatarUrl,
    }),
    [customFetch]: fetch,
  }
}

/** Builds the `profile` for the callbacks of Auth.js. */
export function bitbucketProfile({ account, emails }: AccountWithEmails): BitbucketProfile {
  const email = confirmedPrimaryEmail(emails)
  return { account, emails, email, email_verified: email !== null }
}
