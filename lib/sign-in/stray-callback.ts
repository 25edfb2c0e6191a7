import { decode } from "@auth/core/jwt"
import { environment } from "@/lib/env"
import type { SignInFailureCode } from "./failure-code"

/** What Auth.js seals a `state` under. */
const STATE_SALT = "encodedState"

/**
 * Tells what a callback is that belongs to no sign-in of this browser. Its `state` was sealed by this app, so
 * that it says whether there ever was such a sign-in, and whether it has become too old.
 *
 * @param state of a well-formed authorization response; null where it is none
 */
export async function failureOfStrayCallback(state: string | null): Promise<SignInFailureCode> {
  if (state === null) return "callback_mismatch"
  try {
    await decode({ token: state, secret: environment().cookieSecrets, salt: STATE_SALT })
    return "sign_in_elsewhere"
  } catch (error) {
    const isTooOld = error instanceof Error && "code" in error && error.code === "ERR_JWT_EXPIRED"
    return isTooOld ? "sign_in_expired" : "callback_mismatch"
  }
}
