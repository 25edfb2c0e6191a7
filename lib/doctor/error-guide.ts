type Explanation = { cause: string; fix: string }

type BitbucketError = Explanation & {
  /** Where it appears. */
  where: string
  /** Bitbucket's words, or what people see instead. */
  shown: string
  /** The row of the ledger in the README of the emulator that says how this is known. */
  row: string
}

/**
 * What Bitbucket answers when something is wrong, in the order in which a new setup meets it. `/setup` shows it, and the
 * table in docs/going-live.md is written from it.
 */
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
    fix: "Let your proxies pass it on.",
    row: "BB-E2",
  },
  {
    where: "The token endpoint",
    shown: "invalid_grant: Unsupported grant type: …",
    cause: "The request was not a form, or Bitbucket does not offer this kind of grant.",
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
    where: "The token endpoint, when refreshing",
    shown: "Invalid refresh_token",
    cause: "The person has removed the app at Bitbucket, or the refresh token was not used for three months.",
    fix: "The person signs in again; a daily keep-alive prevents the second.",
    row: "BB-E6",
  },
  {
    where: "The API, 401",
    shown: "Token is invalid, expired, or not supported for this endpoint.",
    cause: "The access token has expired or was revoked.",
    fix: "Nothing: the app refreshes the token once and asks again.",
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
