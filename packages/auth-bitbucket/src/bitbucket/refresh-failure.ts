import type { RefreshFailure } from "../oauth/refresh-grant.ts"

/**
 * What a failed refresh means for the connection.
 *
 * - `dead_grant`: Bitbucket will never accept this refresh token again; the person has to sign in.
 * - `operator_fault`: this deployment's client is wrong. Only its operator can fix that, and no connection is to blame.
 * - `unexplained_refusal`: Bitbucket refuses and does not say why. Ask again later; if it keeps refusing, signing in may help.
 * - `transient`: ask again later.
 */
export type RefreshFailureClass = "dead_grant" | "operator_fault" | "unexplained_refusal" | "transient"

/**
 * Reads Bitbucket's spelling of RFC 6749 §5.2, in which the value of `error` alone tells little:
 * `invalid_grant` also answers a malformed request, and `invalid_request` an unusable refresh token.
 */
export function classifyRefreshFailure(failure: RefreshFailure): RefreshFailureClass {
  if (failure.kind === "no_answer") return "transient"
  if (failure.kind === "unexpected_answer") return classifyStatus(failure.status)

  const { status, error, description } = failure
  if (classifyStatus(status) === "transient") return "transient"
  switch (error) {
    case "unauthorized_client":
    case "invalid_client":
    case "unsupported_grant_type":
      return "operator_fault"
    case "invalid_grant":
      return isAboutTheRequest(description) ? "operator_fault" : "dead_grant"
    case "invalid_request":
      return isAboutTheRefreshToken(description) ? "dead_grant" : "operator_fault"
    default:
      return "unexplained_refusal"
  }
}

/** What the status alone means, if the body says nothing: a proxy's 401 must not end a connection. */
function classifyStatus(status: number): "unexplained_refusal" | "transient" {
  const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429
  return isRefusal ? "unexplained_refusal" : "transient"
}

/** Bitbucket answers `invalid_grant` to a grant type it cannot read or does not offer this client. */
function isAboutTheRequest(description: string): boolean {
  return /unsupported grant type|cannot use client_credentials/i.test(description)
}

/** Bitbucket Cloud's older messages, and Data Center's. */
function isAboutTheRefreshToken(description: string): boolean {
  return /invalid refresh_token|refresh_token is invalid/i.test(description)
}
