/** Every way in which signing in can fail, as `/auth/error?error=CODE` names it, with the status of that page. */
const statuses = {
  /** The person chose Cancel at Bitbucket: a choice, and no error. */
  access_denied: 200,
  /** Bitbucket wants the person to sign in or to decide first, and was not let ask: nothing has failed yet. */
  interaction_required: 200,
  /** The sign-in took longer than it may. */
  sign_in_expired: 400,
  /** A sign-in of ours that this browser does not know: started in another one, or finished already. */
  sign_in_elsewhere: 400,
  /** No answer to any sign-in of ours. */
  callback_mismatch: 400,
  bitbucket_unavailable: 503,
  /** No whole answer in the time that a person can be asked to wait. */
  bitbucket_slow: 503,
  bitbucket_rate_limited: 503,
  /** Bitbucket gave a token and then refused to say whose: single sign-on demanded, account closed, and the like. */
  account_refused: 403,
  /** Bitbucket did not grant the scope that reading the account needs. */
  missing_scope: 403,
  /** This deployment admits nobody without a confirmed email address, and not all of theirs could be read. */
  email_not_shown: 403,
  /** The account is a member of none of the workspaces that this deployment admits. */
  workspace_not_allowed: 403,
  /** This deployment admits nobody without a confirmed email address. */
  no_confirmed_email: 403,
  /** Bitbucket did not say whether this deployment admits the account. */
  membership_unverified: 503,
  /** This deployment's OAuth client or configuration is wrong. */
  misconfigured: 503,
  database_unavailable: 503,
  /** A bug of ours, or a database that refuses what we ask of it. */
  internal_error: 500,
  /** The older way in is switched on here, and Bitbucket does not offer it (any more). */
  legacy_unavailable: 503,
  unknown: 400,
} as const

export type SignInFailureCode = keyof typeof statuses

export const signInFailureCodes = Object.keys(statuses) as SignInFailureCode[]

/** What Auth.js itself writes into an address, where it sends people here without asking us. */
const authJsWords = new Map<unknown, SignInFailureCode>([
  ["Configuration", "misconfigured"],
  ["AccessDenied", "access_denied"],
  ["Verification", "sign_in_expired"],
  ["MissingCSRF", "sign_in_expired"],
])

/** Reads the word for a failure from an address, where anybody can write anything; what is not known reads `unknown`. */
export function parseSignInFailureCode(value: unknown): SignInFailureCode {
  return authJsWords.get(value) ?? signInFailureCodes.find((code) => code === value) ?? "unknown"
}

/** The HTTP status of the page that tells of a failure. */
export function statusOfFailure(code: SignInFailureCode): number {
  return statuses[code]
}
