import { decode, encode } from "@auth/core/jwt"
import { z } from "zod"
import { environment } from "@/lib/env"
import { authCookies, FLOW_LIFETIME_SECONDS } from "./cookies"

const PROVIDER = "bitbucket"

const checkSchema = z.object({ value: z.string().min(1) })

/**
 * Auth.js seals `state` and the PKCE verifier each in a cookie of its own, half a kilobyte long, which leaves room
 * for few sign-ins at once. A flow keeps the verifier alone; these two translate.
 *
 * @see https://github.com/nextauthjs/next-auth/blob/main/packages/core/src/lib/actions/callback/oauth/checks.ts
 */
export async function openCodeVerifier(sealed: string): Promise<string> {
  const salt = authCookies().pkceCodeVerifier.name
  return checkSchema.parse(await decode({ token: sealed, secret: environment().cookieSecrets, salt })).value
}

/** The values of the cookies that Auth.js compares a callback with. */
export async function sealChecks(
  state: string,
  codeVerifier: string,
): Promise<{ state: string; pkceCodeVerifier: string }> {
  const names = authCookies()
  const seal = (value: string, salt: string) =>
    encode({
      token: { value, provider: PROVIDER },
      secret: environment().cookieSecrets,
      salt,
      maxAge: FLOW_LIFETIME_SECONDS,
    })
  return {
    state: await seal(state, names.state.name),
    pkceCodeVerifier: await seal(codeVerifier, names.pkceCodeVerifier.name),
  }
}
