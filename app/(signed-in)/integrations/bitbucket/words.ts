import type { ConnectionState, FailureReason } from "auth-bitbucket/connections"

/** What the page of the connection says, but for a connection that waits: `waiting-words.ts`. */
export const words = {
  title: "Bitbucket connection",
  connectedAs: "Connected as ",
  states: {
    connected: "Connected",
    renewing: "Renewing",
    waiting: "Waiting for Bitbucket",
    ending: "Needs attention",
    ended: "Needs attention",
  } satisfies Record<ConnectionState, string>,

  connectedSince: "Connected since",
  lastRefresh: "Last renewal",
  noRefresh: "None since you signed in",
  accessUntil: "Access until",
  accessExpired: "Access expired",
  refreshesItself: "Renews automatically.",
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
    "Either you removed this site at Bitbucket, or someone else used this site’s access to your account. If you didn’t remove it, tell the owner of this site and look through your recent activity at Bitbucket.",

  refresh: "Renewal",
  refreshNow: "Renew access now",
  refreshing: "Renewing…",
  nextRefresh: "Next renewal",
  byHand: "By itself. “Renew access now” does it at once, without leaving this page.",
  noneSignIn: "None: sign in again",
  whenAllowed: "When Bitbucket allows it",
  noneLegacy: "None: access from the legacy sign-in does not expire",
  outcomes: {
    renewed: "Renewed just now.",
    fresh: "It was renewed less than a minute ago.",
    later: "It could not be renewed just now. We’ll keep trying.",
    ended: "This connection can’t be renewed any more. Sign in again to restore it.",
  },

  signedOut: "While signed out",
  stays: "Stays connected.",
  staysUntil: (days: number) =>
    `This site keeps the connection while you are signed out, until you disconnect or have not visited for ${days} days.`,
  staysNot: "Disconnects when you sign out of your last browser.",
  staysNotMeans: "That deletes what Bitbucket gave this site.",
  stay: "Stay connected while signed out",
  doNotStay: "Don’t stay connected while signed out",
  saving: "Saving…",

  allowed: "What you allowed",
  askForMissing: "Takes you to Bitbucket, which asks you to allow what is missing, and back here.",
  askAgain:
    "Takes you to Bitbucket and back here, to allow the same again. It may help when renewing does not.",

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
  disconnectDeletes: (days: number) =>
    `Everything that Bitbucket gave this site is deleted here, including the copy of your profile. Your “Activity” page keeps what happened to the connection for ${days} days.`,
  eraseTitle: "Delete my data.",
  eraseMeans: "Disconnects, and deletes your activity too. This site’s database keeps nothing about you.",
  erase: {
    open: "Delete my data…",
    question: "Delete everything this site has about you?",
    cancel: "Keep my data",
    confirm: "Delete everything now",
    pending: "Deleting…",
  },
  eraseDeletes:
    "Your profile, connection, sessions and activity are deleted at once, and you are signed out everywhere. This can’t be undone.",
  eraseLeaves:
    "What stays, for as long as the owner of this site keeps them: the server’s log, which has your account ID without your name or address, and backups of the database, if there are any. And for about a minute, a hashed count of your requests.",
  listedAtBitbucket:
    "Bitbucket itself goes on listing this site among the apps that you allowed, until you remove it there: {link}.",
  listedWhere: "app authorizations at Bitbucket",
  cannotCallBack: "Bitbucket can’t call back the access it gave out.",
  expiresSoon: "It expires within two hours.",
  validUntilRemoved: "It stays valid until you remove this site there.",
} as const

/** The result of “Renew access now”. */
export type RefreshOutcome = keyof typeof words.outcomes
