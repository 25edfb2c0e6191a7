import { customFetch } from "@auth/core"
import type { OAuthConfig } from "@auth/core/providers"
import { environment } from "@/lib/env"
import { boundedFetch } from "./bounded-fetch"
import { confirmedPrimaryEmail } from "./emails"
import { bitbucketEndpoints } from "./endpoints"
import { getProfileAtSignIn, type Profile } from "./profile"

/**
 * Bitbucket Cloud as an Auth.js provider.
 *
 * `state` and PKCE both: `state` is what protects the callback today; Bitbucket tolerates S256 and may verify
 * it one day. `issuer` guards a future `iss` parameter (RFC 9207); no discovery follows from it here.
 */
export function bitbucketProvider(): OAuthConfig<Profile> {
  const { AUTH_BITBUCKET_ID, AUTH_BITBUCKET_SECRET, BITBUCKET_SCOPES } = environment()
  const endpoints = bitbucketEndpoints()
  return {
    id: "bitbucket",
    name: "Bitbucket",
    type: "oauth",
    issuer: "https://bitbucket.org",
    checks: ["pkce", "state"],
    clientId: AUTH_BITBUCKET_ID,
    clientSecret: AUTH_BITBUCKET_SECRET,
    client: { token_endpoint_auth_method: "client_secret_basic" },
    authorization: { url: endpoints.authorize, params: { scope: BITBUCKET_SCOPES.join(" ") } },
    token: endpoints.token,
    userinfo: {
      url: endpoints.user,
      request: ({ tokens }: { tokens: { access_token?: string } }) =>
        getProfileAtSignIn(tokens.access_token ?? ""),
    },
    profile: ({ account, emails }) => ({
      id: account.uuid,
      name: account.displayName ?? account.nickname,
      email: confirmedPrimaryEmail(emails),
      image: account.avatarUrl,
    }),
    [customFetch]: boundedFetch,
  }
}
