import "server-only"
import type { Account } from "@auth/core/types"
import { tokenResponseSchema } from "auth-bitbucket/oauth/token-set"
import { environment } from "@/lib/env"
import type { Profile } from "@/lib/server/profile"
import type { SessionClaims } from "@/lib/sessions/session-cookie"
import { SignInError } from "./classify-failure"
import { startSession } from "./start-session"

/**
 * Stores what a finished authorization of OAuth 2.0 brought.
 *
 * @param tokenResponse as Bitbucket's token endpoint gave it
 * @returns what the session cookie holds
 * @throws SignInError
 */
export async function establishSession(tokenResponse: Account, profile: Profile): Promise<SessionClaims> {
  const parsed = tokenResponseSchema.safeParse(tokenResponse)
  if (!parsed.success) throw new SignInError("bitbucket_unavailable", { cause: parsed.error })
  const { accessToken, refreshToken, lifetimeSeconds, scopes } = parsed.data
  return startSession(profile, {
    kind: "oauth2",
    credential: accessToken,
    tokens: { accessToken, refreshToken: refreshToken ?? "" },
    lifetimeSeconds,
    scopes: scopes ?? environment().BITBUCKET_SCOPES,
  })
}
