import "server-only"
import { createConnections } from "auth-bitbucket/connections"
import { askAdmission, isAdmissionRestricted } from "@/lib/bitbucket/admission-question"
import { bitbucketFetch } from "@/lib/bitbucket/client"
import { issuer, issuerOf } from "@/lib/bitbucket/identity"
import { legacySignIn } from "@/lib/bitbucket/legacy-sign-in"
import { urlsOf } from "@/lib/bitbucket/urls"
import { db } from "@/lib/db/client"
import { environment } from "@/lib/env"
import { tracedStore } from "@/lib/server/telemetry/traced-store"
import { createAccountStore } from "./account-store"
import { activities } from "./activity"
import { createAdmission } from "./admission"
import { checkAfterRefresh, createAdmissionRecord } from "./admission-check"
import { createAuthorizedCall } from "./authorized-call"
import { connectionStore } from "./connection"
import { inRefreshSpan, recordConnectionEvent } from "./connection-events"

function wire() {
  const { AUTH_BITBUCKET_ID, AUTH_BITBUCKET_SECRET, BITBUCKET_KIND, secrets } = environment()
  const { ADMISSION_CHECK_MINUTES, ADMISSION_GRACE_HOURS } = environment()
  const accounts = tracedStore("connection", createAccountStore(db()))
  const store = connectionStore(db())
  const record = createAdmissionRecord({
    accounts,
    disconnect: (connection) => store.delete(connection.account, connection),
    onEvent: activities().record,
  })
  const isRestricted = isAdmissionRestricted()
  const kept = createConnections({
    store,
    oauth: {
      url: urlsOf().token,
      clientId: AUTH_BITBUCKET_ID,
      clientSecret: AUTH_BITBUCKET_SECRET,
      credentialsIn: BITBUCKET_KIND === "datacenter" ? "body" : "header",
      fetch: bitbucketFetch,
    },
    secrets,
    accepts: (account) => issuerOf(account) === issuer(),
    ...(isRestricted && { afterRefresh: checkAfterRefresh(record, askAdmission) }),
    onEvent: recordConnectionEvent,
    aroundRefresh: inRefreshSpan,
  })
  const authorizedCall = createAuthorizedCall(kept, legacySignIn)
  const admit = createAdmission({
    accounts,
    kept,
    authorizedCall,
    record,
    ask: askAdmission,
    bounds: isRestricted
      ? { checkSeconds: ADMISSION_CHECK_MINUTES * 60, graceSeconds: ADMISSION_GRACE_HOURS * 3_600 }
      : null,
  })
  return { kept, accounts, authorizedCall, admit }
}

let wired: ReturnType<typeof wire> | undefined

/**
 * The connected accounts, set up from the environment on first use: their tokens (`kept`), and what this app stores
 * besides them (`accounts`).
 */
export function connections(): ReturnType<typeof wire> {
  wired ??= wire()
  return wired
}
