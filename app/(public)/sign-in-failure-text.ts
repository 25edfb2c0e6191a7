import { parseSignInFailureCode, type SignInFailureCode } from "@/lib/sign-in/failure-code"

type FailureText = {
  /** What kind of end this is. */
  eyebrow: "Your choice" | "For the moment" | "Our fault" | "Sign-in failed"
  title: string
  /** What happened and what it means for the person, never what Bitbucket or an address said. */
  explanation: string
  /** What can be done now; `null` where only someone else can help. */
  retryLabel: string | null
  /** For the owner of the site. */
  forOwner?: string
  /** The variables that have to do with it: named in development only. */
  variables?: readonly string[]
}

/** One sentence of what happened for every way in which signing in can fail. */
const texts: Record<SignInFailureCode, FailureText> = {
  access_denied: {
    eyebrow: "Your choice",
    title: "Sign-in cancelled",
    explanation: "You chose Cancel at Bitbucket. Nothing was shared and nothing was changed.",
    retryLabel: "Try again",
  },
  interaction_required: {
    eyebrow: "Your choice",
    title: "Bitbucket has a question for you first",
    explanation:
      "It wants you to sign in there, or to allow this site, before it goes on. Nothing was changed. Try again and answer what Bitbucket asks.",
    retryLabel: "Try again",
  },
  sign_in_expired: {
    eyebrow: "Sign-in failed",
    title: "This sign-in took too long",
    explanation: "You have 15 minutes to finish signing in. Start again; Bitbucket may not even ask you.",
    retryLabel: "Sign in again",
  },
  sign_in_elsewhere: {
    eyebrow: "Sign-in failed",
    title: "This sign-in belongs to another place",
    explanation:
      "You started it in another browser or a private window, or you already finished it. Start again here.",
    retryLabel: "Sign in here",
  },
  callback_mismatch: {
    eyebrow: "Sign-in failed",
    title: "This link doesn’t belong to your sign-in",
    explanation: "It fits no sign-in that this browser started, so we didn’t use it. Nothing was changed.",
    retryLabel: "Sign in",
  },
  bitbucket_unavailable: {
    eyebrow: "For the moment",
    title: "Bitbucket could not be reached",
    explanation: "It seems to be down. Nothing is wrong with your account; try again in a minute or two.",
    retryLabel: "Try again",
  },
  bitbucket_slow: {
    eyebrow: "For the moment",
    title: "Bitbucket took too long to answer",
    explanation:
      "We stopped waiting after five seconds. Nothing is wrong with your account; it may work at once if you try again.",
    retryLabel: "Try again",
  },
  bitbucket_rate_limited: {
    eyebrow: "For the moment",
    title: "Bitbucket asks for a pause",
    explanation: "This site sent it too many requests. Nothing is wrong with your account.",
    retryLabel: "Try again",
  },
  account_refused: {
    eyebrow: "Sign-in failed",
    title: "Bitbucket refuses this account here",
    explanation:
      "You signed in at Bitbucket, but it does not show this site your account. Your organization may require single sign-on, or the account may be suspended. Its administrators can tell you; you can also sign in with another account.",
    retryLabel: "Try again",
    forOwner:
      "Bitbucket answered 401, 403, 404 or 410 when this site asked whose account it is; the log event sign_in_failed has the status. With 410 Bitbucket has removed the endpoint: update this site.",
  },
  missing_scope: {
    eyebrow: "Sign-in failed",
    title: "Bitbucket did not say who you are",
    explanation:
      "This site may not see your account yet, so it could not sign you in. Only the site’s owner can change that.",
    retryLabel: "Try again",
    forOwner:
      "In Bitbucket, open the workspace’s settings, then OAuth consumers (newer screens: OAuth clients), edit yours and tick Account: Read and Account: Email.",
    variables: ["BITBUCKET_SCOPES"],
  },
  email_not_shown: {
    eyebrow: "Sign-in failed",
    title: "Bitbucket did not show your email address",
    explanation:
      "This site needs one that you have confirmed at Bitbucket, and could not read yours. Try again; if that does not help, its owner has to allow this site to see it.",
    retryLabel: "Try again",
    forOwner:
      "In Bitbucket, open the workspace’s settings, then OAuth consumers (newer screens: OAuth clients), edit yours and tick Account: Email.",
    variables: ["REQUIRE_CONFIRMED_EMAIL", "BITBUCKET_SCOPES"],
  },
  workspace_not_allowed: {
    eyebrow: "Sign-in failed",
    title: "This account is not admitted here",
    explanation:
      "Only members of certain Bitbucket workspaces may sign in, and this account is in none of them. To use another one, sign out at Bitbucket first.",
    retryLabel: "Try another account",
    forOwner: "The workspaces are listed by UUID or slug in this site’s settings.",
    variables: ["ALLOWED_WORKSPACES"],
  },
  no_confirmed_email: {
    eyebrow: "Sign-in failed",
    title: "Your email address is not confirmed",
    explanation:
      "This site needs an email address that you have confirmed at Bitbucket and made your primary one. Confirm it there, then try again.",
    retryLabel: "Try again",
    variables: ["REQUIRE_CONFIRMED_EMAIL", "BITBUCKET_SCOPES"],
  },
  membership_unverified: {
    eyebrow: "For the moment",
    title: "Your membership could not be verified",
    explanation:
      "This site admits certain Bitbucket accounts only, and Bitbucket has not said whether yours is one of them. Nothing of yours was deleted.",
    retryLabel: "Try again",
    forOwner:
      "The log has the event admission_check_failed with a reason. After an outage everyone is back within a minute.",
    variables: ["ALLOWED_WORKSPACES", "REQUIRE_CONFIRMED_EMAIL", "ADMISSION_GRACE_HOURS"],
  },
  misconfigured: {
    eyebrow: "Sign-in failed",
    title: "Signing in is not set up correctly here",
    explanation:
      "Bitbucket does not recognise this site. Only the site’s owner can fix this. Nothing was changed.",
    retryLabel: null,
    forOwner:
      "Bitbucket refused this site’s client. Compare its key, its secret and its callback URL with what Bitbucket has. The log has the event sign_in_failed.",
    variables: ["AUTH_BITBUCKET_ID", "AUTH_BITBUCKET_SECRET", "AUTH_URL"],
  },
  database_unavailable: {
    eyebrow: "For the moment",
    title: "Our database is unavailable",
    explanation:
      "Nothing was changed, and if you were signed in you still are. Try again in a minute or two.",
    retryLabel: "Try again",
    forOwner:
      "The database does not answer, or takes no writes. The log has the event database_unavailable with the reason; GET /api/health says when the database answers again.",
    variables: ["DATABASE_URL"],
  },
  internal_error: {
    eyebrow: "Our fault",
    title: "Something went wrong on our side",
    explanation: "This is a fault of this site, not of your account or of Bitbucket.",
    retryLabel: "Try again",
    forOwner: "The log has one line with this reference, the code of the error and where it happened.",
  },
  legacy_unavailable: {
    eyebrow: "Sign-in failed",
    title: "The legacy sign-in is unavailable",
    explanation:
      "Bitbucket does not offer the older way of signing in any more, or not to this site. The usual one leads to the same account.",
    retryLabel: "Sign in with Bitbucket",
    forOwner:
      "Bitbucket refused what this site signed. Bitbucket Cloud has refused all of it since early 2026; elsewhere compare the key, its secret or private key, and this server’s clock. The log has the event legacy_sign_in_refused.",
    variables: ["BITBUCKET_OAUTH1_KEY", "BITBUCKET_OAUTH1_SECRET", "BITBUCKET_OAUTH1_PRIVATE_KEY"],
  },
  unknown: {
    eyebrow: "Sign-in failed",
    title: "Signing in did not work",
    explanation: "Something unexpected happened on the way. Nothing was changed; trying again often helps.",
    retryLabel: "Try again",
  },
}

/** Reads the word for a failure from an address, with what to say of it. */
export function parseFailure(value: unknown): { code: SignInFailureCode; text: FailureText } {
  const code = parseSignInFailureCode(value)
  return { code, text: texts[code] }
}
