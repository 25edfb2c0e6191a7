import type { TokenSet } from "auth-bitbucket/connections"
import {
  type ConnectionsOptions,
  createConnections,
  createRefreshGrant,
  type RefreshGrant,
} from "auth-bitbucket/connections"
import type { Emulator } from "bitbucket-emulator"
import { sql } from "drizzle-orm"
import type { AnyPgColumn } from "drizzle-orm/pg-core"
import { createAccountStore, recordsSignIn } from "@/lib/accounts/account-store"
import { createAdmission } from "@/lib/accounts/admission"
import { checkAfterRefresh, createAdmissionRecord } from "@/lib/accounts/admission-check"
import { createAuthorizedCall } from "@/lib/accounts/authorized-call"
import { connectionStore } from "@/lib/accounts/connection"
import type { AdmissionAnswer } from "@/lib/bitbucket/admission-question"
import type { ApiCredential } from "@/lib/bitbucket/client"
import type { LegacySignIn } from "@/lib/bitbucket/legacy-sign-in"
import type { Profile } from "@/lib/bitbucket/profile"
import type { Database } from "@/lib/db/client"
import { connection } from "@/lib/db/schema"
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

/** One of our servers with its tokens, against an emulated Bitbucket and a real Postgres. */
export function createConnectionServer(
  db: Database,
  emulator: Pick<Emulator, "siteUrl">,
  changes: Partial<ConnectionsOptions> = {},
) {
  const store = connectionStore(db)
  const refresh: RefreshGrant = createRefreshGrant({
    url: `${emulator.siteUrl}/site/oauth2/access_token`,
    clientId: client.id,
    clientSecret: client.secret,
  })
  return { store, refresh, ...createConnections({ store, oauth: refresh, secrets, ...changes }) }
}

/** The profile of a person about whose account we know only this. */
export const profileOf = (uuid: string): Profile => ({
  account: {
    uuid,
    accountId: null,
    displayName: "Demo",
    nickname: null,
    username: null,
    location: null,
    accountStatus: null,
    createdOn: null,
    avatarUrl: null,
  },
  emails: null,
})

/** Stores a grant as a sign-in does. @returns the connection's id */
export async function connect(db: Database, grant: TokenSet, uuid = accountUuid): Promise<string> {
  const { accessToken, refreshToken, lifetimeSeconds, scopes } = grant
  const tokens = { accessToken, refreshToken: refreshToken ?? "" }
  return db.transaction(async (tx) => {
    const oauth = () => Promise.reject(new Error("Bitbucket is not asked"))
    const kept = createConnections({ store: connectionStore(tx), secrets, oauth })
    const { id } = await kept.save({ tokens, lifetimeSeconds, scopes: scopes ?? [] }, uuid)
    await recordsSignIn(tx, id, "oauth2", profileOf(uuid))
    return id
  })
}

/** As if every token had this many seconds left of its two hours. */
export async function letPass(db: Database, untilSecondsLeft: number): Promise<void> {
  await db.update(connection).set({
    issuedAt: sql`now() - make_interval(secs => ${7_200 - untilSecondsLeft})`,
    expiresAt: sql`now() + make_interval(secs => ${untilSecondsLeft})`,
  })
}

/** The refresh requests that Bitbucket has received. */
export async function refreshRequests({ control }: Pick<Emulator, "control">) {
  return (await control.listRequests()).filter(({ grant_type }) => grant_type === "refresh_token")
}

type AdmissionSettings = {
  ask: (credential: ApiCredential) => Promise<AdmissionAnswer>
  checkMinutes?: number
  graceHours?: number
  legacySignIn?: () => LegacySignIn
}

/** One of our servers that admits only some people. */
export function createRestrictedServer(
  db: Database,
  emulator: Pick<Emulator, "siteUrl">,
  { ask, checkMinutes = 60, graceHours = 24, legacySignIn }: AdmissionSettings,
) {
  const store = connectionStore(db)
  const accounts = createAccountStore(db)
  const record = createAdmissionRecord({
    accounts,
    disconnect: (checked) => store.delete(checked.account, checked),
  })
  const kept = createConnectionServer(db, emulator, { afterRefresh: checkAfterRefresh(record, ask) })
  const authorizedCall = createAuthorizedCall(kept, legacySignIn ?? (() => undefined))
  const bounds = { checkSeconds: checkMinutes * 60, graceSeconds: graceHours * 3_600 }
  return { kept, accounts, admit: createAdmission({ accounts, kept, authorizedCall, record, ask, bounds }) }
}

/** As if everything that a connection remembers had been this long ago. The database's own clock stays. */
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
