import { customFetch } from "@auth/core"
import type { OAuthConfig } from "@auth/core/providers"
import { environment } from "@/lib/env"
import { boundedFetch } from "./bounded-fetch"
import { confirmedPrimaryEmail } from "./emails"
import { bitbucketEndpoints } from "./endpoints"
import { issuer } from "./identity"
import { getProfile, getProfileAtSignIn, type Profile } from "./profile"

/**
 * Bitbucket as an Auth.js provider.
 *
 * `state` and PKCE both: `state` is what protects the callback today; Bitbucket tolerates S256 and may verify
 * it one day; Data Center does. `issuer` guards a future `iss` parameter (RFC 9207); no discovery follows from it here.
 */
export function bitbucketProvider(): OAuthConfig<Profile> {
  const { AUTH_BITBUCKET_ID, AUTH_BITBUCKET_SECRET, BITBUCKET_SCOPES, REQUIRE_CONFIRMED_EMAIL } =
    environment()
  const isCloud = environment().BITBUCKET_KIND === "cloud"
  const endpoints = bitbucketEndpoints()
  const readProfile = REQUIRE_CONFIRMED_EMAIL ? getProfile : getProfileAtSignIn
  return {
    id: "bitbucket",
    name: "Bitbucket",
    type: "oauth",
    issuer: issuer(),
    checks: ["pkce", "state"],
    clientId: AUTH_BITBUCKET_ID,
    clientSecret: AUTH_BITBUCKET_SECRET,
    // Data Center reads the credentials in the body only (social-core, bitbucket_datacenter.py).
    client: { token_endpoint_auth_method: isCloud ? "client_secret_basic" : "client_secret_post" },
    authorization: { url: endpoints.authorize, params: { scope: BITBUCKET_SCOPES.join(" ") } },
    token: endpoints.token,
    userinfo: {
      url: endpoints.user,
      request: ({ tokens }: { tokens: { access_token?: string } }) => readProfile(tokens.access_token ?? ""),
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
