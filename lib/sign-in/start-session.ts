import "server-only"
import { areAllReadable, confirmedPrimaryEmail } from "auth-bitbucket/client"
import { type Grant as KeptGrant, parseTokenResponse } from "auth-bitbucket/connections"
import { cookies, headers } from "next/headers"
import { after } from "next/server"
import type { Connection } from "@/lib/accounts/connection"
import { connections } from "@/lib/accounts/connections"
import { askAdmission } from "@/lib/bitbucket/admission-question"
import type { ApiCredential } from "@/lib/bitbucket/client"
import type { Profile } from "@/lib/bitbucket/profile"
import { db } from "@/lib/db/client"
import { environment } from "@/lib/env"
import { reportFailure } from "@/lib/server/failure-report"
import { log } from "@/lib/server/log"
import { signInEnded } from "@/lib/server/telemetry/spans"
import { deleteSomeExpiredRows } from "@/lib/sessions/delete-expired-rows"
import { readSessionCookie, type SessionClaims, sessionCookieName } from "@/lib/sessions/session-cookie"
import { sessions } from "@/lib/sessions/sessions"
import { SignInError } from "./classify-failure"

/** What a user has granted, with either protocol. */
type Grant = KeptGrant & {
  kind: Connection["kind"]
  /** Calls the API with it. */
  credential: ApiCredential
}

/**
 * Starts a session for a user who has completed an OAuth 2.0 authorization.
 *
 * @param tokenResponse from Bitbucket's token endpoint
 * @returns the contents of the session cookie
 * @throws SignInError, or DatabaseError
 */
export async function startOAuth2Session(tokenResponse: object, profile: Profile): Promise<SessionClaims> {
  let grant: KeptGrant
  try {
    grant = parseTokenResponse(tokenResponse)
  } catch (cause) {
    throw new SignInError("bitbucket_unavailable", { cause })
  }
  return startSession(profile, { ...grant, kind: "oauth2", credential: grant.tokens.accessToken })
}

/**
 * Stores the account's connection with its sealed tokens, and a session for this browser. Ends the browser's previous
 * session, of this account or another. The legacy sign-in, which a build may leave out, calls it too. @public
 *
 * @returns the contents of the session cookie
 * @throws SignInError, or DatabaseError
 */
export async function startSession(profile: Profile, grant: Grant): Promise<SessionClaims> {
  const { kind, credential, tokens, lifetimeSeconds } = grant
  const scopes = grant.scopes ?? environment().BITBUCKET_SCOPES
  const account = profile.account.uuid
  await refuseUnwanted(credential, profile)

  const previous = await readSessionCookie((await cookies()).get(sessionCookieName())?.value)
  const userAgent = (await headers()).get("user-agent")
  const sid = await sessions().signIn({
    account,
    kind,
    profile,
    save: (within) => connections().kept.save({ tokens, lifetimeSeconds, scopes }, account, { within }),
    userAgent,
    previousSid: previous?.sid ?? null,
  })
  log.info("signed_in", { account })
  signInEnded("signed_in")
  after(() => deleteSomeExpiredRows(db()).catch((error) => reportFailure("expired_rows_not_deleted", error)))
  return { sub: account, sid }
}

async function refuseUnwanted(credential: ApiCredential, { account, emails }: Profile): Promise<void> {
  const name = account.displayName ?? account.nickname
  const details = name === null ? {} : { account: name }
  // An address that we cannot read may be confirmed.
  const isEmailUnknown = confirmedPrimaryEmail(emails) === null && !areAllReadable(emails)
  if (environment().REQUIRE_CONFIRMED_EMAIL && isEmailUnknown)
    throw new SignInError("email_not_shown", details)
  const answer = await askAdmission(credential)
  if (answer.verdict === "cannot_tell") {
    log.warn("admission_check_failed", { account: account.uuid, reason: answer.reason })
    throw new SignInError("membership_unverified")
  }
  if (answer.verdict === "not_admitted")
    throw new SignInError(answer.rule === "email" ? "no_confirmed_email" : "workspace_not_allowed", details)
}
