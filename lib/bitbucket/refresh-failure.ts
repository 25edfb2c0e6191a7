import type { RefreshFailure } from "@/lib/oauth/refresh-grant"

/**
 * What a failed refresh means for the connection.
 *
 * - `dead_grant`: Bitbucket will never accept this refresh token again; the person has to sign in.
 * - `operator_fault`: this deployment's client is wrong; no person can mend it and no connection is to blame.
 * - `transient`: ask again later.
 */
export type RefreshFailureClass = "dead_grant" | "operator_fault" | "transient"

/**
 * Reads Bitbucket's spelling of RFC 6749 §5.2, in which the value of `error` alone tells little:
 * `invalid_grant` also answers a malformed request, and `invalid_request` an unusable refresh token.
 */
export function classifyRefreshFailure(failure: RefreshFailure): RefreshFailureClass {
  if (failure.kind === "no_answer") return "transient"
  if (failure.kind === "unexpected_answer") return failure.status === 401 ? "dead_grant" : "transient"

  const { status, error, description } = failure
  if (status === 408 || status === 429 || status >= 500) return "transient"
  switch (error) {
    case "unauthorized_client":
    case "invalid_client":
    case "unsupported_grant_type":
      return "operator_fault"
    case "invalid_grant":
      return isAboutTheRequest(description) ? "operator_fault" : "dead_grant"
    case "invalid_request":
      return /invalid refresh_token/i.test(description) ? "dead_grant" : "operator_fault"
    default:
      return status === 401 ? "dead_grant" : "transient"
  }
}

/** Bitbucket answers `invalid_grant` to a grant type it cannot read or does not offer this client. */
function isAboutTheRequest(description: string): boolean {
  return /unsupported grant type|cannot use client_credentials/i.test(description)
}
