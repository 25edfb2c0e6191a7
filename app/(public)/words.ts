/** The text of the landing page. */
export const words = {
  promise: ["No new password.", "Stay in control."],
  lead: "Use the Bitbucket account you already have. See what you allowed, and disconnect at any time.",
  toProfile: "Go to your profile",
  asked: "What Bitbucket will ask you to allow",
  promises: [
    "Only Bitbucket asks for your password. It never passes through this site.",
    "When no browser is signed in any more, this site deletes what Bitbucket gave it, unless you chose to stay connected.",
    "You can download your data, disconnect, or delete your data, at any time.",
  ],
  forDevelopers: "For developers",
  gains: [
    "Run the whole flow on your machine, without credentials or internet, against an emulated Bitbucket.",
    "One token refresh per expiry, however many tabs, requests and servers need it at that moment.",
    "Tokens never reach the browser; they are stored encrypted in Postgres.",
    "State and PKCE protect every sign-in. You can let in everyone, only members of your workspaces, or only people with a confirmed email address.",
    "People can see and end their sessions, and download or delete their data.",
  ],
  readSource: "Read the source",
  checkSetup: "{link}: each variable, the callback URL, Bitbucket and the database.",
  checkSetupLink: "Check this setup",
  hops: "What happens when a person signs in",
  lanes: ["You", "This site", "Bitbucket"],
  whoTakesPart: "Who takes part",
} as const

type Lane = 0 | 1 | 2

/** Who sends the user where, as indexes into `words.lanes`. */
export const hops: readonly { from: Lane; to: Lane; label: string }[] = [
  { from: 0, to: 1, label: "You open a page that needs a sign-in" },
  { from: 1, to: 2, label: "We send you to Bitbucket with a one-time code" },
  { from: 0, to: 2, label: "You sign in and allow this site, at Bitbucket only" },
  { from: 2, to: 1, label: "Bitbucket sends you back with a code that works once" },
  { from: 1, to: 2, label: "We exchange the code for access keys, and keep them on the server" },
  { from: 1, to: 0, label: "You see the page you asked for" },
]
