import "server-only"
import type { Account } from "@auth/core/types"
import { cookies, headers } from "next/headers"
import { activities } from "@/lib/activity/activities"
import { isAdmitted } from "@/lib/bitbucket/admission"
import type { Profile } from "@/lib/bitbucket/profile"
import { sealTokens } from "@/lib/connections/sealed-tokens"
import { environment } from "@/lib/env"
import { log } from "@/lib/log"
import { tokenResponseSchema } from "@/lib/oauth/token-set"
import { describeBrowser } from "@/lib/sessions/browser-name"
import { readSessionCookie, type SessionClaims, sessionCookieName } from "@/lib/sessions/session-cookie"
import { sessions } from "@/lib/sessions/sessions"
import { SignInError } from "./failure"

/**
 * Stores what a finished authorization brought: the account's connection with its sealed tokens, and a session
 * of this browser. The session that was in this browser before, whoever's it was, ends.
 *
 * @param tokenResponse as Bitbucket's token endpoint gave it
 * @returns what the session cookie holds
 * @throws SignInError
 */
export async function establishSession(tokenResponse: Account, profile: Profile): Promise<SessionClaims> {
  const parsed = tokenResponseSchema.safeParse(tokenResponse)
  if (!parsed.success) throw new SignInError("bitbucket_unavailable", parsed.error)
  const { accessToken, refreshToken, lifetimeSeconds, scopes } = parsed.data
  const { secrets, BITBUCKET_SCOPES } = environment()
  const accountUuid = profile.account.uuid
  if (!(await isAdmitted(accessToken))) throw new SignInError("workspace_not_allowed", undefined)

  try {
    const sealedTokens = await sealTokens(
      { accessToken, refreshToken: refreshToken ?? "" },
      accountUuid,
      secrets,
    )
    const previous = await readSessionCookie((await cookies()).get(sessionCookieName())?.value)
    const userAgent = (await headers()).get("user-agent")
    const sid = await sessions().signIn({
      accountUuid,
      profile,
      tokens: { sealedTokens, lifetimeSeconds, scopes: scopes ?? BITBUCKET_SCOPES },
      userAgent,
      previousSid: previous?.sid ?? null,
    })
    log.info("signed_in", { account: accountUuid })
    await activities().record(accountUuid, "signed_in", describeBrowser(userAgent))
    return { sub: accountUuid, sid }
  } catch (cause) {
    throw new SignInError("database_unavailable", cause)
  }
}
