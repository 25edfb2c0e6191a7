import type { ConnectionState, FailureReason } from "auth-bitbucket/connections"

/** What the page of the connection says, but for a connection that waits: `waiting-words.ts`. */
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

  connectedSince: "Connected since",
  lastRefresh: "Last renewal",
  noRefresh: "Not renewed yet",
  accessUntil: "Access until",
  accessExpired: "Access expired",
  refreshesUntil: (staysConnected: boolean, days: number) =>
    staysConnected
      ? `Renews automatically until you disconnect, don’t visit for ${days} days, or Bitbucket ends it.`
      : "Renews automatically until you disconnect, sign out of your last browser, or Bitbucket ends it.",
  untilDisconnected: "You disconnect, or Bitbucket ends it",
  beforeItsTime: "Before its time",
  lastTrouble: "Last trouble",
  failures: {
    no_answer: "Bitbucket did not answer in time.",
    oauth_error: "Bitbucket could not renew the connection at that moment.",
    unexpected_answer: "Bitbucket gave an answer that we could not read.",
    unexplained_refusal: "Bitbucket refused to renew the connection and did not say why.",
    operator_fault: "Bitbucket does not recognise this site. Only its owner can fix that.",
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
    "You removed this site on Bitbucket, or its access was used somewhere else. If you didn’t remove it, sign in again and check your recent activity on Bitbucket. If it happens again, tell the owner of this site.",

  refresh: "Renewal",
  refreshNow: "Renew access now",
  refreshing: "Renewing…",
  nextRefresh: "Next renewal",
  byHand: "Happens automatically. You can also renew now without leaving this page.",
  noneSignIn: "None: sign in again",
  whenAllowed: "When Bitbucket allows it",
  noneLegacy: "None: access from the legacy sign-in does not expire",
  outcomes: {
    refreshed: "Renewed just now.",
    fresh: "Nothing to renew: your access is less than a minute old.",
    later: "It could not be renewed just now. We’ll keep trying.",
    ended: "This connection can no longer be renewed. Sign in again to restore it.",
  },

  signedOut: "While signed out",
  stays: "Stays connected.",
  staysUntil: (days: number) =>
    `This site keeps the connection while you are signed out, until you disconnect or have not visited for ${days} days.`,
  staysNot: "Signing out of your last browser also disconnects this site and deletes what Bitbucket gave it.",
  stay: "Stay connected while signed out",
  doNotStay: "Don’t stay connected while signed out",
  saving: "Saving…",

  allowed: "What you allowed",
  askForMissing: "Go to Bitbucket, allow what is missing, and come straight back.",
  askAgain: "Trouble renewing? Go to Bitbucket, approve this site again, and come straight back.",

  yourData: "Your data",
  inOneFile:
    "Your profile, connection, sessions and activity in one JSON file, without the keys to your Bitbucket account. {link}",
  whatIsKept: "What this site keeps, and how long",
  download: "Download my data",

  dangerZone: "Danger zone",
  disconnectTitle: "Disconnect.",
  disconnectMeans: "Ends this site’s access to your Bitbucket account and signs you out in every browser.",
  disconnect: {
    open: "Disconnect…",
    question: "Disconnect from Bitbucket?",
    cancel: "Keep it connected",
    confirm: "Disconnect now",
    pending: "Disconnecting…",
  },
  disconnectSignsOut: "You’ll be signed out in every browser.",
  disconnectDeletes: (days: number) =>
    `This site deletes everything Bitbucket gave it, including the copy of your profile. Activity keeps what happened to the connection for ${days} days.`,
  eraseTitle: "Delete my data.",
  eraseMeans:
    "Disconnects and deletes what this site stores about you, including your activity. You’ll see what stays before you confirm.",
  erase: {
    open: "Delete my data…",
    question: "Delete your data from this site?",
    cancel: "Keep my data",
    confirm: "Delete everything now",
    pending: "Deleting…",
  },
  eraseDeletes:
    "Your profile, connection, sessions and activity are deleted immediately, and you’ll be signed out in every browser. This can’t be undone.",
  eraseLeaves: "What stays:",
  staysAfterErasing: [
    "a hashed count of your requests, for about a minute",
    "the server’s log, with your account ID but not your name or address, for as long as the owner of this site keeps it",
    "backups of the database, if there are any, for as long as the owner of this site keeps them",
  ],
  listedAtBitbucket: "Bitbucket will keep listing this site in {link} until you remove it there.",
  listedWhere: "your app authorizations",
  expiresSoon: "This site can’t revoke access already issued; it expires within two hours.",
  validUntilRemoved:
    "This site can’t revoke access already issued; it stays valid until you remove this site on Bitbucket.",
} as const

/** The result of “Renew access now”. */
export type RefreshOutcome = keyof typeof words.outcomes
