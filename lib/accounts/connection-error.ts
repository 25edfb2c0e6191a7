import { TokenUnavailableError, UserAuthorizationRequiredError } from "auth-bitbucket/connections"

/** Why there is no access token: the user has to sign in, or Bitbucket does not issue one now. */
export type ConnectionError = (UserAuthorizationRequiredError | TokenUnavailableError) & {
  code: "reauthorization_required" | "bitbucket_unavailable"
}

/** False if the database did not store new tokens, which is a failure of the database. */
export function isConnectionError(error: unknown): error is ConnectionError {
  if (error instanceof UserAuthorizationRequiredError) return true
  return error instanceof TokenUnavailableError && error.code === "bitbucket_unavailable"
}
