import "server-only"
import { activities } from "@/lib/activity/activities"
import { isAdmitted } from "@/lib/bitbucket/admission"
import { boundedFetch } from "@/lib/bitbucket/bounded-fetch"
import { bitbucketEndpoints } from "@/lib/bitbucket/endpoints"
import { db } from "@/lib/db/client"
import { environment } from "@/lib/env"
import { createRefreshGrant } from "@/lib/oauth/refresh-grant"
import { createAccessTokens } from "./access-token"
import { createAuthorizedCall } from "./authorized-call"
import { createConnectionStore } from "./connection-store"

function createConnections() {
  const { AUTH_BITBUCKET_ID, AUTH_BITBUCKET_SECRET, secrets } = environment()
  const store = createConnectionStore(db())
  const refresh = createRefreshGrant({
    url: bitbucketEndpoints().token,
    clientId: AUTH_BITBUCKET_ID,
    clientSecret: AUTH_BITBUCKET_SECRET,
    fetch: boundedFetch,
  })
  const accessTokens = createAccessTokens({
    store,
    refresh,
    secrets,
    isAdmitted,
    onEvent: activities().record,
  })
  return { store, accessTokens, authorizedCall: createAuthorizedCall(accessTokens, store) }
}

let created: ReturnType<typeof createConnections> | undefined

/** The app's connections, put together from its environment on first use: one per process, so that renewals are shared. */
export function connections(): ReturnType<typeof createConnections> {
  created ??= createConnections()
  return created
}
