import { decode, encode } from "@auth/core/jwt"
import * as oauth from "oauth4webapi"
import { environment } from "@/lib/env"
import { FLOW_LIFETIME_SECONDS } from "./flow-cookie"

/** What is new in each authorization request. */
export type AuthorizationRequest = {
  /** RFC 6749 §10.12. Sealed, so that every server can tell that this app made it, whichever browser it comes from. */
  state: string
  /** PKCE, RFC 7636 §4.1. */
  codeVerifier: string
  /** Of the verifier, by S256: RFC 7636 §4.2. */
  codeChallenge: string
}

const salt = "sign-in state"

export async function createAuthorizationRequest(): Promise<AuthorizationRequest> {
  const codeVerifier = oauth.generateRandomCodeVerifier()
  const [state, codeChallenge] = await Promise.all([
    encode({
      token: { random: oauth.generateRandomState() },
      secret: environment().cookieSecrets,
      salt,
      maxAge: FLOW_LIFETIME_SECONDS,
    }),
    oauth.calculatePKCECodeChallenge(codeVerifier),
  ])
  return { state, codeVerifier, codeChallenge }
}

/** Whether this app made a `state`, even if another browser started the sign-in. */
export async function originOfState(state: string): Promise<"ours" | "ours_expired" | "foreign"> {
  try {
    await decode({ token: state, secret: environment().cookieSecrets, salt })
    return "ours"
  } catch (error) {
    const isExpired = error instanceof Error && "code" in error && error.code === "ERR_JWT_EXPIRED"
    return isExpired ? "ours_expired" : "foreign"
  }
}
