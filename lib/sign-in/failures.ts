/** What the page of a failed sign-in says, and what `/setup` says to developers about it. */
export type SignInFailureEntry = {
  /** HTTP status of the page `/auth/error?error=CODE`. */
  status: number
  eyebrow: "Your choice" | "Temporary problem" | "Our fault" | "Sign-in failed"
  title: string
  /** What happened and what it means for the user. Never quotes Bitbucket or a URL. */
  explanation: string
  /** What the user can do now; null if only someone else can help. */
  retryLabel: string | null
  /** For developers, with code between backticks. */
  cause: string
  fix: string
  /** Whether the page itself also shows `cause` and `fix`, to the site's owner. */
  isForOwner?: true
  /** The environment variables that matter here. The page names them in development only, so `cause` and `fix` do not. */
  variables?: readonly string[]
}

/** Every way in which a sign-in can fail. Pages, log, metrics and `/setup` all read this table. */
export const signInFailures = {
  access_denied: {
    status: 200,
    eyebrow: "Your choice",
    title: "Sign-in cancelled",
    explanation: "You chose Cancel at Bitbucket. Nothing was shared and nothing was changed.",
    retryLabel: "Try again",
    cause: "The person chose Cancel at Bitbucket, now or earlier.",
    fix: "If Bitbucket no longer asks, remove the app from the person's app authorizations there.",
  },
  interaction_required: {
    status: 200,
    eyebrow: "Your choice",
    title: "Bitbucket has a question for you first",
    explanation:
      "It wants you to sign in there, or to allow this site, before it continues. Nothing was changed. Try again and answer what Bitbucket asks.",
    retryLabel: "Try again",
    cause: "Bitbucket wanted the person to sign in or to consent, and the request did not allow that.",
    fix: "Sign in again; nothing is wrong with the setup.",
  },
  sign_in_expired: {
    status: 400,
    eyebrow: "Sign-in failed",
    title: "This sign-in took too long",
    explanation: "You have 15 minutes to finish signing in. Start again; Bitbucket may not even ask you.",
    retryLabel: "Sign in again",
    cause: "More than 15 minutes passed, or Bitbucket did not accept the code.",
    fix: "Sign in again.",
  },
  sign_in_elsewhere: {
    status: 400,
    eyebrow: "Sign-in failed",
    title: "This sign-in started somewhere else",
    explanation:
      "You started it in another browser or a private window, or you already finished it. Start again here.",
    retryLabel: "Sign in here",
    cause:
      "The cookie of the sign-in is missing: another browser, or another host than the app's own address.",
    fix: "Open the app at its own address.",
    variables: ["AUTH_URL"],
  },
  callback_mismatch: {
    status: 400,
    eyebrow: "Sign-in failed",
    title: "This link doesn’t belong to your sign-in",
    explanation: "This browser didn’t start that sign-in, so we ignored the link. Nothing was changed.",
    retryLabel: "Sign in",
    cause: "The callback was opened with parameters that belong to no sign-in of this site.",
    fix: "Sign in from the start. If it happens again, look for a proxy that changes addresses.",
  },
  bitbucket_unavailable: {
    status: 503,
    eyebrow: "Temporary problem",
    title: "Bitbucket could not be reached",
    explanation: "It seems to be down. Nothing is wrong with your account; try again in a minute or two.",
    retryLabel: "Try again",
    cause: "Bitbucket could not be reached, or answered with an error of its own.",
    fix: "Run `npm run doctor`; if it finds nothing, wait.",
  },
  bitbucket_slow: {
    status: 503,
    eyebrow: "Temporary problem",
    title: "Bitbucket took too long to answer",
    explanation:
      "We stopped waiting after five seconds. Nothing is wrong with your account; trying again may work straight away.",
    retryLabel: "Try again",
    cause: "Bitbucket gave no complete answer within five seconds.",
    fix: "Try again, or run `npm run doctor`.",
  },
  bitbucket_rate_limited: {
    status: 503,
    eyebrow: "Temporary problem",
    title: "Bitbucket has asked us to wait",
    explanation: "This site sent it too many requests. Nothing is wrong with your account.",
    retryLabel: "Try again",
    cause: "Bitbucket is rate limiting this site (429).",
    fix: "Wait for as long as the page says.",
  },
  account_refused: {
    status: 403,
    eyebrow: "Sign-in failed",
    title: "Bitbucket refuses this account here",
    explanation:
      "You signed in at Bitbucket, but it does not show this site your account. Your organization may require single sign-on, or the account may be suspended. Its administrators can tell you; you can also sign in with another account.",
    retryLabel: "Try again",
    cause:
      "Bitbucket gave a token, then answered 401, 403, 404 or 410 when this site asked whose account it is: single sign-on is required, or the account is closed.",
    fix: "The log event `sign_in_failed` has the status. With 410 Bitbucket has removed the endpoint: update this site. The others are for the account's administrators.",
    isForOwner: true,
  },
  missing_scope: {
    status: 403,
    eyebrow: "Sign-in failed",
    title: "Bitbucket did not say who you are",
    explanation:
      "This site may not see your account yet, so it could not sign you in. Only the site’s owner can change that.",
    retryLabel: "Try again",
    cause: "Bitbucket did not grant the scope that reading the account needs.",
    fix: "In Bitbucket, open the workspace's settings, then OAuth consumers (newer screens: OAuth clients), edit yours and tick Account: Read and Account: Email.",
    isForOwner: true,
    variables: ["BITBUCKET_SCOPES"],
  },
  email_not_shown: {
    status: 403,
    eyebrow: "Sign-in failed",
    title: "Bitbucket did not show your email address",
    explanation:
      "This site needs one that you have confirmed at Bitbucket, and could not read yours. Try again; if that does not help, its owner has to allow this site to see it.",
    retryLabel: "Try again",
    cause:
      "This site requires a confirmed address, and Bitbucket showed none, or one that this site cannot read.",
    fix: "In Bitbucket, open the workspace's settings, then OAuth consumers (newer screens: OAuth clients), edit yours and tick Account: Email. If it is ticked, try again.",
    isForOwner: true,
    variables: ["REQUIRE_CONFIRMED_EMAIL", "BITBUCKET_SCOPES"],
  },
  workspace_not_allowed: {
    status: 403,
    eyebrow: "Sign-in failed",
    title: "This account is not admitted here",
    explanation:
      "Only members of certain Bitbucket workspaces may sign in, and this account is in none of them. To use another one, sign out at Bitbucket first.",
    retryLabel: "Try another account",
    cause: "The person is in none of the workspaces that this site admits.",
    fix: "Add the workspace's UUID to this site's settings, or invite the person to one of the workspaces.",
    isForOwner: true,
    variables: ["ALLOWED_WORKSPACES"],
  },
  no_confirmed_email: {
    status: 403,
    eyebrow: "Sign-in failed",
    title: "Your email address is not confirmed",
    explanation:
      "This site needs an email address that you have confirmed at Bitbucket and made your primary one. Confirm it there, then try again.",
    retryLabel: "Try again",
    cause: "This site requires a confirmed address, and Bitbucket names no confirmed primary one.",
    fix: "The person confirms it at Bitbucket; the client needs Account: Email.",
    variables: ["REQUIRE_CONFIRMED_EMAIL", "BITBUCKET_SCOPES"],
  },
  membership_unverified: {
    status: 503,
    eyebrow: "Temporary problem",
    title: "Your membership could not be verified",
    explanation:
      "This site admits certain Bitbucket accounts only, and Bitbucket has not said whether yours is one of them. Nothing of yours was deleted.",
    retryLabel: "Try again",
    cause:
      "Bitbucket did not say whether the account may use this site: at a sign-in, or for longer than the grace period.",
    fix: "The log event `admission_check_failed` has a reason. After an outage everyone is back within a minute.",
    isForOwner: true,
    variables: ["ALLOWED_WORKSPACES", "REQUIRE_CONFIRMED_EMAIL", "ADMISSION_GRACE_HOURS"],
  },
  misconfigured: {
    status: 503,
    eyebrow: "Sign-in failed",
    title: "Signing in is not set up correctly here",
    explanation:
      "Bitbucket does not recognize this site. Only the site’s owner can fix this. Nothing was changed.",
    retryLabel: null,
    cause: "Bitbucket refused this site's client, a scope or the request.",
    fix: "Compare the client's key, secret and callback URL with what Bitbucket has; `npm run doctor` does. The log has the event `sign_in_failed`.",
    isForOwner: true,
    variables: ["AUTH_BITBUCKET_ID", "AUTH_BITBUCKET_SECRET", "AUTH_URL"],
  },
  database_unavailable: {
    status: 503,
    eyebrow: "Temporary problem",
    title: "Our database is unavailable",
    explanation:
      "Nothing was changed, and if you were signed in you still are. Try again in a minute or two.",
    retryLabel: "Try again",
    cause: "The database does not answer, or accepts no writes.",
    fix: "The log has the event `database_unavailable` or `sign_in_failed` with the reason; `GET /api/health` says when the database answers again.",
    isForOwner: true,
    variables: ["DATABASE_URL"],
  },
  internal_error: {
    status: 500,
    eyebrow: "Our fault",
    title: "Something went wrong on our side",
    explanation: "This is a fault of this site, not of your account or of Bitbucket.",
    retryLabel: "Try again",
    cause: "A bug of this site, or a statement that the database refused.",
    fix: "The log has one line with the page's reference, the code of the error and where it happened.",
    isForOwner: true,
  },
  legacy_unavailable: {
    status: 503,
    eyebrow: "Sign-in failed",
    title: "The legacy sign-in is unavailable",
    explanation:
      "Bitbucket no longer offers the older way of signing in, at least not to this site. The usual one leads to the same account.",
    retryLabel: "Sign in with Bitbucket",
    cause:
      "Bitbucket refused what this site signed. Bitbucket Cloud has refused all such requests since early 2026.",
    fix: "Use the usual sign-in. On Data Center, compare the key, its secret or private key, and this server's clock. The log has the event `legacy_sign_in_refused`.",
    isForOwner: true,
    variables: ["BITBUCKET_OAUTH1_KEY", "BITBUCKET_OAUTH1_SECRET", "BITBUCKET_OAUTH1_PRIVATE_KEY"],
  },
  unknown: {
    status: 400,
    eyebrow: "Sign-in failed",
    title: "Signing in did not work",
    explanation: "Something unexpected happened on the way. Nothing was changed; trying again often helps.",
    retryLabel: "Try again",
    cause: "An error that this site does not know.",
    fix: "The log has the events `auth_error` and `sign_in_failed` of that moment.",
  },
} as const satisfies Record<string, SignInFailureEntry>

export type SignInFailureCode = keyof typeof signInFailures

/** The codes that Auth.js uses when it sends people to the error page by itself. */
const authjsCodes = new Map<unknown, SignInFailureCode>([
  ["Configuration", "misconfigured"],
  ["AccessDenied", "access_denied"],
  ["Verification", "sign_in_expired"],
  ["MissingCSRF", "sign_in_expired"],
])

/**
 * Reads the code of a failure from a URL, which anyone can forge.
 *
 * @returns `unknown` for everything that is not a code
 */
export function parseSignInFailureCode(value: unknown): SignInFailureCode {
  if (typeof value === "string" && Object.hasOwn(signInFailures, value)) return value as SignInFailureCode
  return authjsCodes.get(value) ?? "unknown"
}

/** What to say about a failure. */
export function describeSignInFailure(code: SignInFailureCode): SignInFailureEntry {
  return signInFailures[code]
}
