import type { SignInFailureCode } from "@/lib/sign-in/failure-code"

type Explanation = { cause: string; fix: string }

type BitbucketError = Explanation & {
  /** Where it is met. */
  where: string
  /** Bitbucket's words, or what is seen in their place. */
  shown: string
  /** The row of the ledger in `packages/bitbucket-emulator/README.md` that says how this is known. */
  row: string
}

/** What Bitbucket answers when something is wrong, in the order in which a new setup meets it. */
export const bitbucketErrors: readonly BitbucketError[] = [
  {
    where: "A page at Bitbucket, before or after its sign-in",
    shown: "Invalid redirect_uri. This integration is misconfigured. Contact the vendor for assistance.",
    cause: "The callback URL that this app sends does not begin with the one that is registered.",
    fix: "Register the callback URL that `npm run doctor` prints, or correct AUTH_URL.",
    row: "BB-A6",
  },
  {
    where: "Straight back here, without a question",
    shown: "Sign-in cancelled",
    cause: "Bitbucket remembers an earlier refusal, as it remembers a consent.",
    fix: "Remove the app from the app authorizations in the person's settings at Bitbucket.",
    row: "BB-A15",
  },
  {
    where: "The callback",
    shown: "invalid_scope: Unknown scope: …",
    cause: "BITBUCKET_SCOPES names a scope that Bitbucket does not have.",
    fix: "Name scopes as Bitbucket does; `account email` is enough.",
    row: "BB-A8",
  },
  {
    where: "The token endpoint",
    shown: "unauthorized_client: Invalid OAuth client credentials",
    cause: "The key or the secret is wrong. Bitbucket says 400, and not which of the two.",
    fix: "Copy both again from the client's page.",
    row: "BB-E1",
  },
  {
    where: "The token endpoint",
    shown: "unauthorized_client: Requests must be authenticated using OAuth client credentials",
    cause: "The Authorization header did not arrive.",
    fix: "Let it through whatever proxy is in between.",
    row: "BB-E2",
  },
  {
    where: "The token endpoint",
    shown: "invalid_grant: Unsupported grant type: …",
    cause: "The request was no form, or Bitbucket does not offer this kind of grant.",
    fix: "On the newer screens, switch Authorisation code on.",
    row: "BB-E3",
  },
  {
    where: "The token endpoint",
    shown: "invalid_request: No callback uri defined for the OAuth client.",
    cause: "The client has no callback URL.",
    fix: "Register the callback URL that `npm run doctor` prints.",
    row: "BB-E4",
  },
  {
    where: "The token endpoint, when signing in",
    shown: "invalid_grant",
    cause: "The code has been used, or is too old. Bitbucket's words for it are not confirmed.",
    fix: "Sign in again; nothing is wrong with the setup.",
    row: "BB-E7",
  },
  {
    where: "The token endpoint, when renewing",
    shown: "Invalid refresh_token",
    cause: "The person has removed the app at Bitbucket, or the refresh token was not used for three months.",
    fix: "The person signs in again; a daily keep-alive prevents the second.",
    row: "BB-E6",
  },
  {
    where: "The API, 401",
    shown: "Token is invalid, expired, or not supported for this endpoint.",
    cause: "The access token has lapsed or was revoked.",
    fix: "Nothing: the app renews once and asks again.",
    row: "BB-P2",
  },
  {
    where: "The API, 403",
    shown: "Your credentials lack one or more required privilege scopes.",
    cause: "The scope is not ticked for the client, whatever BITBUCKET_SCOPES asks for.",
    fix: "Tick Account: Read and Account: Email (Scopes on the newer screens), then sign in again.",
    row: "BB-P6",
  },
  {
    where: "The API, 410",
    shown: "CHANGE-2770 - Functionality has been deprecated",
    cause: "The endpoint has been removed.",
    fix: "Look the number up in Bitbucket's changelog, and update the app.",
    row: "BB-P11",
  },
  {
    where: "The API, 429",
    shown: "Rate limit for this resource has been exceeded",
    cause: "More than a thousand calls of one kind within an hour, or sixty without a sign-in.",
    fix: "Wait; the app shows what it last read.",
    row: "BB-P12",
  },
]

/** What this app says when signing in fails, and what lies behind each of its codes. */
export const signInFailures: Record<SignInFailureCode, Explanation> = {
  access_denied: {
    cause: "The person chose Cancel at Bitbucket, now or earlier.",
    fix: "If Bitbucket no longer asks: remove the app from the person's app authorizations there.",
  },
  sign_in_expired: {
    cause: "More than 15 minutes passed, or Bitbucket did not take the code.",
    fix: "Sign in again.",
  },
  sign_in_elsewhere: {
    cause: "The cookie of the sign-in is not there: another browser, or another host than AUTH_URL names.",
    fix: "Open the app where AUTH_URL says that it is.",
  },
  interaction_required: {
    cause: "Bitbucket wanted the person to sign in or to consent, and the request left no room for that.",
    fix: "Sign in again; it is no fault of the setup.",
  },
  callback_mismatch: {
    cause: "The callback was opened with parameters that answer no sign-in.",
    fix: "Sign in from the start; look for a proxy that changes addresses if it comes back.",
  },
  bitbucket_unavailable: {
    cause: "Bitbucket could not be reached, or answered with an error of its own.",
    fix: "See the checks of Bitbucket above; else wait.",
  },
  bitbucket_slow: {
    cause: "Bitbucket gave no whole answer within five seconds.",
    fix: "Try again; see the checks of Bitbucket above.",
  },
  bitbucket_rate_limited: {
    cause: "Bitbucket asked for a pause (429).",
    fix: "Wait for as long as the page says.",
  },
  legacy_unavailable: {
    cause: "Bitbucket refused the legacy sign-in: Bitbucket Cloud has offered none since early 2026.",
    fix: "Take the usual way; on Data Center compare BITBUCKET_OAUTH1_KEY and the clocks.",
  },
  account_refused: {
    cause:
      "Bitbucket refused to say whose account it is: single sign-on is required, or the account is closed.",
    fix: "The log event `sign_in_failed` has the status; 401, 403 and 404 are for the account's administrators.",
  },
  missing_scope: {
    cause: "The client may not read the account.",
    fix: "Tick Account: Read (Scopes on the newer screens: account).",
  },
  email_not_shown: {
    cause:
      "REQUIRE_CONFIRMED_EMAIL is on, and Bitbucket showed no address, or one that this app cannot read.",
    fix: "Tick Account: Email (Scopes on the newer screens: email); where it is ticked, try again.",
  },
  workspace_not_allowed: {
    cause: "The person is in none of ALLOWED_WORKSPACES.",
    fix: "Add the workspace's UUID, or invite the person there.",
  },
  no_confirmed_email: {
    cause: "REQUIRE_CONFIRMED_EMAIL is on, and Bitbucket names no primary address that is confirmed.",
    fix: "The person confirms it at Bitbucket; the client needs Account: Email.",
  },
  membership_unverified: {
    cause:
      "Bitbucket did not say whether the account may use this deployment, for ADMISSION_GRACE_HOURS or at a sign-in.",
    fix: "The log has the event `admission_check_failed` with a reason; after an outage it passes by itself.",
  },
  misconfigured: {
    cause: "Bitbucket refused this app's client, a scope or the request.",
    fix: "See the checks of Bitbucket above; the log has the event `sign_in_failed`.",
  },
  database_unavailable: {
    cause: "The database does not answer, or takes no writes.",
    fix: "See the checks of the database above; the log has the event `sign_in_failed` with the reason.",
  },
  internal_error: {
    cause: "A bug of this app, or a statement that the database refused.",
    fix: "The log has the event `sign_in_failed` with the page's reference, a code and where it happened.",
  },
  unknown: {
    cause: "Something that this app does not know.",
    fix: "The log has the events `auth_error` and `sign_in_failed` of that moment.",
  },
}
