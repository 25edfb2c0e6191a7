import { Bitbucket, type BitbucketProfile, bitbucketProfile } from "auth-bitbucket/provider"
import { clientWith } from "@/lib/bitbucket/client"
import { getDataCenterProfile } from "@/lib/bitbucket/data-center"
import { issuer } from "@/lib/bitbucket/identity"
import { urlsOf } from "@/lib/bitbucket/urls"
import { environment } from "@/lib/env"
import { authjsFetch } from "./authjs-adapter"

/** The Bitbucket of this deployment as a provider of Auth.js. */
export function bitbucketProvider(): ReturnType<typeof Bitbucket> {
  const {
    AUTH_BITBUCKET_ID,
    AUTH_BITBUCKET_SECRET,
    BITBUCKET_KIND,
    BITBUCKET_SCOPES,
    REQUIRE_CONFIRMED_EMAIL,
  } = environment()
  const urls = urlsOf()
  const cloud: ReturnType<typeof Bitbucket> = {
    ...Bitbucket({
      clientId: AUTH_BITBUCKET_ID,
      clientSecret: AUTH_BITBUCKET_SECRET,
      scopes: BITBUCKET_SCOPES,
      requireEmails: REQUIRE_CONFIRMED_EMAIL,
      fetch: authjsFetch,
      urls,
    }),
    // The flow cookie holds both `state` and PKCE's verifier: docs/decisions/008-one-cookie-per-flow.md.
    checks: ["none"],
  }
  if (BITBUCKET_KIND === "cloud") return cloud
  return {
    ...cloud,
    issuer: issuer(),
    // Data Center reads the credentials in the body only (social-core, bitbucket_datacenter.py).
    client: { token_endpoint_auth_method: "client_secret_post" },
    userinfo: {
      url: urls.user,
      request: async ({ tokens }: { tokens: { access_token?: string } }): Promise<BitbucketProfile> =>
        bitbucketProfile(await getDataCenterProfile(clientWith(tokens.access_token ?? ""))),
    },
  }
}
