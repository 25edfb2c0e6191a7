/** What the landing page says. */
export const words = {
  promise: ["Sign in once.", "Stay connected."],
  lead: "Use the Bitbucket account you already have. See what you allowed, and take it back when you want.",
  toProfile: "Go to your profile",
  asked: "What Bitbucket will ask you to allow",
  promises: [
    "Only Bitbucket asks for your password. It never passes through here.",
    "Signing out ends the session on the server at once.",
    "Disconnecting deletes everything that Bitbucket gave this site.",
  ],
  forDevelopers: "For developers",
  gains: [
    "The whole flow on your machine, without credentials or internet, against an emulated Bitbucket.",
    "One refresh per expiry, however many tabs, requests and servers need it at that moment.",
    "No token in a cookie or a browser: they stay in Postgres, encrypted.",
    "State and PKCE with every sign-in, the confirmed email address, and only the people you let in.",
    "Sessions that people see and end, and data that they download and delete.",
  ],
  readSource: "Read the source",
  checkSetup: "{link}: each variable, the callback URL, Bitbucket and the database.",
  checkSetupLink: "Check this setup",
  hops: "What happens when a person signs in",
  lanes: ["You", "This site", "Bitbucket"],
  whoTakesPart: "Who takes part",
} as const

type Lane = 0 | 1 | 2

/** Who sends the person where, as places in `words.lanes`. */
export const hops: readonly { from: Lane; to: Lane; label: string }[] = [
  { from: 0, to: 1, label: "You open a page that needs a sign-in" },
  { from: 1, to: 2, label: "We send you to Bitbucket with a one-time code" },
  { from: 0, to: 2, label: "You sign in and allow this site, at Bitbucket only" },
  { from: 2, to: 1, label: "Bitbucket sends you back with a code that works once" },
  { from: 1, to: 2, label: "We exchange the code for access, and keep it on the server" },
  { from: 1, to: 0, label: "You see the page you asked for" },
]
