import "server-only"
import { createRefreshGrant } from "auth-bitbucket/oauth/refresh-grant"
import { db } from "@/lib/db/client"
import { environment } from "@/lib/env"
import { askAdmission, isAdmissionRestricted } from "@/lib/server/admission-question"
import { bitbucketFetch } from "@/lib/server/bitbucket"
import { urlsOf } from "@/lib/server/bitbucket-urls"
import { issuer } from "@/lib/server/identity"
import { legacySignIn } from "@/lib/server/legacy-sign-in"
import { tracedStore } from "@/lib/server/telemetry/traced-store"
import { activities } from "@/lib/sessions/activity"
import { createAccessTokens } from "./access-token"
import { createAdmission } from "./admission"
import { checkAfterRefresh, createAdmissionRecord } from "./admission-check"
import { createAuthorizedCall } from "./authorized-call"
import { createConnectionStore } from "./connection-store"
import { withWatchedLeases } from "./watched-renewal"

function createConnections() {
  const { AUTH_BITBUCKET_ID, AUTH_BITBUCKET_SECRET, BITBUCKET_KIND, secrets } = environment()
  const { ADMISSION_CHECK_MINUTES, ADMISSION_GRACE_HOURS } = environment()
  const store = withWatchedLeases(tracedStore("connection", createConnectionStore(db(), issuer())))
  const refresh = createRefreshGrant({
    url: urlsOf().token,
    clientId: AUTH_BITBUCKET_ID,
    clientSecret: AUTH_BITBUCKET_SECRET,
    credentialsIn: BITBUCKET_KIND === "datacenter" ? "body" : "header",
    fetch: bitbucketFetch,
  })
  const record = createAdmissionRecord({ store, onEvent: activities().record })
  const isRestricted = isAdmissionRestricted()
  const accessTokens = createAccessTokens({
    store,
    refresh,
    secrets,
    ...(isRestricted && { checkAdmission: checkAfterRefresh(record, askAdmission) }),
    onEvent: activities().record,
  })
  const authorizedCall = createAuthorizedCall(accessTokens, store, legacySignIn)
  const admit = createAdmission({
    store,
    accessTokens,
    authorizedCall,
    record,
    ask: askAdmission,
    bounds: isRestricted
      ? { checkSeconds: ADMISSION_CHECK_MINUTES * 60, graceSeconds: ADMISSION_GRACE_HOURS * 3_600 }
      : null,
  })
  return { store, accessTokens, authorizedCall, admit }
}

let created: ReturnType<typeof createConnections> | undefined

/** The app's connections, put together from its environment on first use. */
export function connections(): ReturnType<typeof createConnections> {
  created ??= createConnections()
  return created
}
