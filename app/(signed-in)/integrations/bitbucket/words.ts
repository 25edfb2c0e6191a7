import type { ConnectionState, FailureReason } from "auth-bitbucket/connections"

/** The text of the connection page, except about a connection that waits: `waiting-words.ts`. */
export const words = {
  title: "Bitbucket connection",
  connectedAs: "Connected as ",
  states: {
    connected: "Connected",
    refreshing: "Renewing",
    waiting: "Waiting for Bitbucket",
    ending: "Needs attention",
    ended: "Needs attention",
  } satisfies Record<ConnectionState, string>,

  access: "Access",
  refreshes: "Renews automatically. You don’t need to do anything.",
  lastsUntil: (staysConnected: boolean, days: number) =>
    staysConnected
      ? `It ends when you disconnect, after ${days} days without a visit, or when Bitbucket ends it.`
      : "It ends when you disconnect, when no browser is signed in any more, or when Bitbucket ends it.",
  doesNotExpire: "Doesn’t expire. It lasts until you disconnect or Bitbucket ends it.",
  beingRefreshed: "Being renewed now.",
  expired: "Expired {time}. It renews when Bitbucket allows it.",
  refusedEarly: "Bitbucket stopped accepting it early. It renews when Bitbucket allows it.",
  until: "Until {time}. It won’t renew.",
  hasEnded: "Ended. Sign in again to restore it.",
  connectedSince: "Connected since",
  lastRefresh: "Last renewal",
  noRefresh: "None since you last signed in",
  nextRefresh: "Next renewal",
  refreshNow: "Renew access now",
  refreshing: "Renewing…",
  lastTrouble: "Last problem",
  failures: {
    no_answer: "Bitbucket did not answer in time.",
    oauth_error: "Bitbucket could not renew the connection at that moment.",
    unexpected_answer: "Bitbucket gave an answer that we could not read.",
    unexplained_refusal: "Bitbucket refused to renew the connection and did not say why.",
    operator_fault: "Bitbucket does not recognize this site. Only its owner can fix that.",
    token_refused: "Bitbucket renewed the connection and then did not accept it.",
    tokens_unreadable: "This site can no longer read what it kept for the connection.",
    no_refresh_token: "Bitbucket gave nothing to renew the connection with when you signed in.",
    dead_grant: "Bitbucket ended this connection because it had not been used for three months.",
    revoked_or_reused: "Bitbucket ended this connection although it was in use.",
  } satisfies Record<FailureReason, string>,
  unknownFailure: "The last renewal failed.",

  endedByBitbucket: "Bitbucket ended this connection.",
  ended: "This connection has ended.",
  accessContinues: "Access continues until {time}.",
  restore: "Sign in again to restore it. You’ll come back to this page.",
  reused:
    "Either you removed your permission on Bitbucket, or Bitbucket saw one of this site’s access keys used twice, as if it had been copied, and ended the connection as a precaution. If you didn’t remove it, check your recent activity on Bitbucket. If it happens again, tell the owner of this site.",

  outcomes: {
    refreshed: "Renewed just now.",
    fresh: "Nothing to renew: your access is less than a minute old.",
    later: "It could not be renewed just now. We’ll keep trying.",
    ended: "This connection can no longer be renewed. Sign in again to restore it.",
  },

  signedOut: "After you sign out",
  stays: "Stays connected.",
  staysUntil: (days: number) =>
    `This site keeps the connection while you are signed out, until you disconnect or ${days} days pass without a visit.`,
  staysNot:
    "When no browser is signed in any more, this site disconnects and deletes what Bitbucket gave it. Choose to stay connected if it should keep its access while you are away.",
  stay: "Stay connected while signed out",
  doNotStay: "Don’t stay connected while signed out",
  saving: "Saving…",

  allowed: "What you allowed",
  askForMissing: "Go to Bitbucket, allow what is missing, and come straight back.",
  askAgain: "Something not working? Sign in at Bitbucket again; you’ll come straight back.",

  yourData: "Your data",
  inOneFile: "Your profile, connection, sessions and activity in one JSON file, without access keys. {link}",
  whatIsKept: "What this site keeps, and how long",
  download: "Download my data",

  dangerZone: "Danger zone",
  disconnectTitle: "Disconnect.",
  disconnectMeans:
    "Ends this site’s access to your Bitbucket account and signs you out in every browser. Your activity is kept.",
  disconnect: {
    open: "Disconnect…",
    question: "Disconnect from Bitbucket?",
    cancel: "Stay connected",
    confirm: "Disconnect now",
    pending: "Disconnecting…",
  },
  disconnectSignsOut: "You’ll be signed out in every browser.",
  disconnectDeletes: (days: number) =>
    `This site deletes its access keys and the copy of your profile, and no longer has access to your account. Your activity is kept for ${days} days, unless you delete your data.`,
  eraseTitle: "Delete my data.",
  eraseMeans:
    "Disconnects and deletes what this site stores about you, including your activity. You’ll see what stays before you confirm.",
  erase: {
    open: "Delete my data…",
    question: "Delete your data from this site?",
    cancel: "Keep my data",
    confirm: "Delete my data now",
    pending: "Deleting…",
  },
  eraseDeletes:
    "Your profile, connection, sessions and activity are deleted immediately, and you’ll be signed out in every browser. This can’t be undone.",
  eraseLeaves: "What stays:",
  staysAfterErasing: [
    "a count of your requests, for about a minute",
    "the theme you chose, in this browser",
    "the server’s log, with your account ID but not your name or email address, for as long as the owner of this site keeps it",
    "backups of the database, if there are any, for as long as the owner of this site keeps them",
  ],
  permissionStays: "Your permission for this site stays on Bitbucket until you {link}.",
  removeIt: "remove it there",
  expiresSoon:
    "Bitbucket itself may accept the deleted keys for up to two hours, but this site no longer has them.",
  validUntilRemoved: "At Bitbucket the deleted keys stay valid until you remove your permission.",
} as const

/** The result of “Renew access now”. */
export type RefreshOutcome = keyof typeof words.outcomes
