import { createRefreshGrant } from "auth-bitbucket/oauth/refresh-grant"
import type { TokenSet } from "auth-bitbucket/oauth/token-set"
import type { Emulator } from "bitbucket-emulator"
import { sql } from "drizzle-orm"
import type { AnyPgColumn } from "drizzle-orm/pg-core"
import { createAccessTokens } from "@/lib/connections/access-token"
import { createAdmission } from "@/lib/connections/admission"
import { checkAfterRefresh, createAdmissionRecord } from "@/lib/connections/admission-check"
import { createAuthorizedCall } from "@/lib/connections/authorized-call"
import { createConnectionStore } from "@/lib/connections/connection-store"
import { sealTokens } from "@/lib/connections/sealed-tokens"
import type { Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
import type { AdmissionAnswer } from "@/lib/server/admission-question"
import type { ApiCredential } from "@/lib/server/bitbucket"
import { CLOUD_ISSUER } from "@/lib/server/identity"
import type { LegacySignIn } from "@/lib/server/legacy-sign-in"
import { client } from "./bitbucket-grant"
import { authSecret } from "./stub-environment"

export const secrets: readonly [string, ...string[]] = [authSecret]
/** Tokens that nothing asks Bitbucket about. */
export const grant: TokenSet = {
  accessToken: "access",
  refreshToken: "refresh",
  lifetimeSeconds: 7_200,
  scopes: ["account"],
}
export const accountUuid = "{11111111-2222-4333-8444-555555555555}"

/** The uuid of one account of many. */
export const uuidOf = (index: number) => `{00000000-0000-4000-8000-${String(index).padStart(12, "0")}}`

/** What one server of ours does with connections, against an emulated Bitbucket and a real Postgres. */
export function createConnectionServer(db: Database, emulator: Pick<Emulator, "siteUrl">) {
  const store = createConnectionStore(db, CLOUD_ISSUER)
  const refresh = createRefreshGrant({
    url: `${emulator.siteUrl}/site/oauth2/access_token`,
    clientId: client.id,
    clientSecret: client.secret,
    fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(2_000) }),
  })
  return { store, refresh, ...createAccessTokens({ store, refresh, secrets }) }
}

/** Stores a grant as a sign-in does. @returns the connection's id */
export async function connect(db: Database, grant: TokenSet, uuid = accountUuid): Promise<string> {
  const sealedTokens = await sealTokens(
    { accessToken: grant.accessToken, refreshToken: grant.refreshToken ?? "" },
    uuid,
    secrets,
  )
  const account = {
    uuid,
    accountId: null,
    displayName: "Demo",
    nickname: null,
    username: null,
    location: null,
    accountStatus: null,
    createdOn: null,
    avatarUrl: null,
  }
  const { id } = await createConnectionStore(db, CLOUD_ISSUER).upsertAtSignIn(
    { accountUuid: uuid, profile: { account, emails: null } },
    { sealedTokens, lifetimeSeconds: grant.lifetimeSeconds, scopes: grant.scopes ?? [] },
  )
  return id
}

/** As if every token had so many seconds left of its two hours. */
export async function letPass(db: Database, untilSecondsLeft: number): Promise<void> {
  await db.update(connection).set({
    issuedAt: sql`now() - make_interval(secs => ${7_200 - untilSecondsLeft})`,
    expiresAt: sql`now() + make_interval(secs => ${untilSecondsLeft})`,
  })
}

/** The renewals that Bitbucket has been asked for. */
export async function refreshRequests({ control }: Pick<Emulator, "control">) {
  return (await control.listRequests()).filter(({ grant_type }) => grant_type === "refresh_token")
}

type AdmissionSettings = {
  ask: (credential: ApiCredential) => Promise<AdmissionAnswer>
  checkMinutes?: number
  graceHours?: number
  legacySignIn?: () => LegacySignIn
}

/** What one server of ours that admits some people only does with connections. */
export function createRestrictedServer(
  db: Database,
  emulator: Pick<Emulator, "siteUrl">,
  { ask, checkMinutes = 60, graceHours = 24, legacySignIn }: AdmissionSettings,
) {
  const { store, refresh } = createConnectionServer(db, emulator)
  const record = createAdmissionRecord({ store })
  const checkAdmission = checkAfterRefresh(record, ask)
  const accessTokens = createAccessTokens({ store, refresh, secrets, checkAdmission })
  const authorizedCall = createAuthorizedCall(accessTokens, store, legacySignIn ?? (() => undefined))
  const bounds = { checkSeconds: checkMinutes * 60, graceSeconds: graceHours * 3_600 }
  return {
    store,
    accessTokens,
    admit: createAdmission({ store, accessTokens, authorizedCall, record, ask, bounds }),
  }
}

/** As if everything that a connection remembers had been so long ago. The database's own clock stays. */
export async function letMinutesPass(db: Database, minutes: number): Promise<void> {
  const earlier = (column: AnyPgColumn) => sql`${column} - make_interval(mins => ${minutes})`
  await db.update(connection).set({
    issuedAt: earlier(connection.issuedAt),
    expiresAt: earlier(connection.expiresAt),
    retryAt: earlier(connection.retryAt),
    leaseUntil: earlier(connection.leaseUntil),
    admittedAt: earlier(connection.admittedAt),
    admissionRetryAt: earlier(connection.admissionRetryAt),
    admissionLeaseUntil: earlier(connection.admissionLeaseUntil),
  })
}
