import { parseSignInFailureCode, type SignInFailureCode } from "@/lib/sign-in/failure"

type FailureText = {
  title: string
  /** What happened and what it means for the person, never what Bitbucket or an address said. */
  explanation: string
  /** What can be done now; `null` where nothing but waiting for somebody else helps. */
  retryLabel: string | null
  /** For whoever runs the site. */
  forDevelopers?: string
}

/** One sentence of what happened for every way in which signing in can fail. */
const texts: Record<SignInFailureCode, FailureText> = {
  access_denied: {
    title: "Sign-in cancelled",
    explanation: "You chose Cancel at Bitbucket. Nothing was shared and nothing was changed.",
    retryLabel: "Try again",
  },
  sign_in_expired: {
    title: "This sign-in is no longer valid",
    explanation:
      "It took too long, was started in another tab, or had been used before. Start again and you come back to where you were.",
    retryLabel: "Sign in again",
  },
  bitbucket_unavailable: {
    title: "Bitbucket did not answer",
    explanation:
      "It is down or very slow at the moment. Nothing is wrong with your account; try again in a minute or two.",
    retryLabel: "Try again",
  },
  bitbucket_rate_limited: {
    title: "Bitbucket asks for a pause",
    explanation:
      "It has had too many requests from this site. Nothing is wrong with your account; try again in a few minutes.",
    retryLabel: "Try again",
  },
  missing_scope: {
    title: "Bitbucket did not say who you are",
    explanation:
      "This site may not see your account yet, so it could not sign you in. Its owner has to allow that.",
    retryLabel: "Try again",
    forDevelopers:
      "In Bitbucket, open the workspace’s settings, then OAuth consumers (newer screens: OAuth clients), edit yours and tick Account: Read and Account: Email.",
  },
  workspace_not_allowed: {
    title: "This account is not admitted here",
    explanation:
      "Only members of certain Bitbucket workspaces may sign in, and the account that Bitbucket signed you in with is in none of them. Sign out at Bitbucket to use another account.",
    retryLabel: "Try another account",
    forDevelopers: "ALLOWED_WORKSPACES lists the workspaces, by slug or UUID.",
  },
  misconfigured: {
    title: "Signing in is not set up correctly here",
    explanation:
      "Bitbucket does not recognise this site. Only its owner can mend that; nothing of yours was changed.",
    retryLabel: null,
    forDevelopers:
      "Bitbucket refused this deployment’s client. Compare AUTH_BITBUCKET_ID, AUTH_BITBUCKET_SECRET and AUTH_URL with the OAuth client in Bitbucket, its callback URL included. The log has the event sign_in_failed.",
  },
  database_unavailable: {
    title: "We cannot reach our records",
    explanation:
      "So nobody can be signed in for the moment. Nothing was changed; try again in a minute or two.",
    retryLabel: "Try again",
    forDevelopers: "The database of DATABASE_URL does not answer. GET /api/health says when it does.",
  },
  unknown: {
    title: "Signing in did not work",
    explanation: "Something unexpected happened on the way. Nothing was changed; trying again often helps.",
    retryLabel: "Try again",
  },
}

/** What Auth.js itself writes into an address, where it sends people here without asking us. */
const authJsWords = new Map<unknown, SignInFailureCode>([
  ["Configuration", "misconfigured"],
  ["AccessDenied", "access_denied"],
  ["Verification", "sign_in_expired"],
  ["MissingCSRF", "sign_in_expired"],
])

/** Reads the word for a failure from an address; whatever is not known reads `unknown`. */
export function parseFailure(value: unknown): { code: SignInFailureCode; text: FailureText } {
  const code = authJsWords.get(value) ?? parseSignInFailureCode(value)
  return { code, text: texts[code] }
}
