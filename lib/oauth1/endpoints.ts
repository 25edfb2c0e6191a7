import { environment } from "@/lib/env"
import type { Environment } from "@/lib/env/schema"
import type { OAuth1Endpoints } from "./client"

type Place = Pick<Environment, "BITBUCKET_KIND" | "BITBUCKET_SITE_URL">

/** Where Bitbucket Cloud spoke OAuth 1.0a until 2026, and where Data Center speaks it. */
export function oauth1Endpoints(place: Place = environment()): OAuth1Endpoints {
  const { BITBUCKET_KIND, BITBUCKET_SITE_URL: site } = place
  if (BITBUCKET_KIND === "datacenter")
    return {
      requestToken: `${site}/plugins/servlet/oauth/request-token`,
      authenticate: `${site}/plugins/servlet/oauth/authorize`,
      accessToken: `${site}/plugins/servlet/oauth/access-token`,
    }
  return {
    requestToken: `${site}/api/1.0/oauth/request_token`,
    authenticate: `${site}/api/1.0/oauth/authenticate`,
    accessToken: `${site}/api/1.0/oauth/access_token`,
  }
}
