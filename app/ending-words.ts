import type { FailureReason } from "auth-bitbucket/connections"

const sentences: Partial<Record<FailureReason, string>> = {
  dead_grant: "Bitbucket ended it because it had not been used for three months.",
  revoked_or_reused:
    "Either you removed your permission on Bitbucket, or one of this site’s access keys was used twice and Bitbucket ended the connection as a precaution. That can be a glitch or a sign of a copied key: if you didn’t remove it, check your recent activity on Bitbucket.",
  tokens_unreadable: "This site can no longer read what it kept for it.",
  no_refresh_token: "Bitbucket gave nothing to renew it with when you signed in.",
}

/** Why a connection ended, in a sentence. @param reason of its last failure; null if it is not known */
export function whyEnded(reason: FailureReason | null): string {
  return (
    (reason && sentences[reason]) ??
    "Bitbucket no longer renews it, or your account may no longer sign in here."
  )
}
