import type { EndReason, RefreshFailureReason } from "auth-bitbucket/connections"
import { type ActivityEntry, type ActivityKind, BY_OPERATOR } from "@/lib/accounts/activity"
import type { TokenPurpose } from "@/lib/accounts/token-uses"
import { signedOutBrowsers } from "../signed-out-browsers"

/** The text around the entries. */
export const page = {
  title: "Activity",
  lead: (days: number) =>
    `Your sign-ins, changes to your connection, and what this site used your access for. Kept for ${days} days.`,
  zone: "Times are in {zone}.",
  unknown: "Don’t recognize a sign-in? Sign that browser out in {link}, then change your Bitbucket password.",
  sessions: "Sessions",
  nothing: "Nothing has happened yet.",
  newest: "Newest",
  older: "Older",
  pages: "Pages",
  used: (count: number) =>
    count === 1
      ? "This site used your access once on this day"
      : `This site used your access ${count} times on this day`,
  usedOnce: "once, at {time}",
  usedLast: (count: number) => `${count} times, last at {time}` as const,
} as const

const endings: Record<EndReason | "not_admitted" | "other_account", string> = {
  dead_grant: "Connection ended by Bitbucket",
  revoked_or_reused:
    "Connection ended: you removed your permission on Bitbucket, or one of this site’s access keys was used twice and Bitbucket ended it as a precaution",
  tokens_unreadable: "Connection ended: this site can no longer read its access keys",
  no_refresh_token: "Connection ended: Bitbucket gave nothing to renew it with",
  not_admitted: "Connection ended: no longer a member of a workspace that is admitted here",
  other_account: "Connection ended: Bitbucket answered it with another account",
}

const failures: Partial<Record<RefreshFailureReason, string>> = {
  operator_fault: "Renewal failed: Bitbucket does not recognize this site",
  unexplained_refusal: "Renewal failed: Bitbucket refused it and did not say why",
  tokens_unreadable: "Renewal failed: this site could not read its access keys",
}

/** How long sessions last now, in words. */
type SessionLimits = { idle: string; absolute: string }

const words: Record<ActivityKind, (detail: string | null, limits: SessionLimits) => string> = {
  signed_in: (browser) => (browser ? `Signed in with ${browser}` : "Signed in"),
  signed_out: (browser) => (browser ? `Signed out of ${browser}` : "Signed out"),
  session_ended: (browsers) => `You signed out of ${signedOutBrowsers(browsers)} on the Sessions page`,
  session_expired: (browser, { idle, absolute }) =>
    `Signed out of ${browser ?? "a browser"}: the session expired (${idle} without a visit, or ${absolute} in all)`,
  renewed: () => "Connection renewed",
  renewal_failed: (reason) =>
    failures[reason as RefreshFailureReason] ?? "Renewal failed: Bitbucket did not answer as it should",
  connection_ended: (reason) => endings[reason as keyof typeof endings] ?? "Connection ended",
  disconnected: (by) =>
    by === BY_OPERATOR
      ? "Disconnected from Bitbucket by the site’s operator"
      : "You disconnected from Bitbucket, and were signed out of every browser",
  data_exported: (by) =>
    by === BY_OPERATOR ? "Data exported by the site’s operator" : "Downloaded your data",
  stays_connected: () => "Chose to stay connected while signed out",
  stays_not_connected: () => "Chose not to stay connected while signed out",
}

export function activityInWords(
  { kind, detail }: Pick<ActivityEntry, "kind" | "detail">,
  limits: SessionLimits,
): string {
  return words[kind]?.(detail, limits) ?? "Something happened"
}

const purposes: Record<TokenPurpose, string> = {
  "page:profile": "To show your profile",
  "page:connection": "To show your Bitbucket connection",
  "page:workspaces": "To show your workspaces and repositories",
  "page:membership": "To check that you may sign in here",
  "job:keep-alive": "To keep your connection alive, once a day",
  "command:keep-alive": "To keep your connection alive, by the site’s operator",
  "command:refresh": "To renew your connection, by the site’s operator",
}

/** What this site used the token for, also if a newer version wrote a purpose that this one does not know. */
export function tokenPurposeInWords(purpose: string): string {
  return purposes[purpose as TokenPurpose] ?? "For another part of this site"
}
