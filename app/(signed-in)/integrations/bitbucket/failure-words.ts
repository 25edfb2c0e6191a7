/** What kept the last renewal from succeeding, in words. The keys are what `lib/connections` notes down. */
const words: Record<string, string> = {
  no_answer: "Bitbucket did not answer in time.",
  oauth_error: "Bitbucket could not renew the connection at that moment.",
  unexpected_answer: "Bitbucket gave an answer that we could not read.",
  unexplained_refusal: "Bitbucket refused to renew the connection and did not say why.",
  operator_fault: "Bitbucket does not recognise this app. Only its owner can fix that.",
  token_refused: "Bitbucket renewed the connection and then did not accept it.",
  tokens_unreadable: "This app can no longer read what it kept for the connection.",
  no_refresh_token: "Bitbucket gave nothing to renew the connection with when you signed in.",
  dead_grant: "Bitbucket ended this connection because it had not been used for three months.",
  revoked_or_reused: "Bitbucket ended this connection although it was in use.",
}

export function failureInWords(failure: string): string {
  return words[failure] ?? "The last renewal failed."
}
