/** The text of the sign-in page. */
export const words = {
  title: "Sign in",
  lead: (place: string) => `Sign in with your Bitbucket account. You’ll go to ${place}.`,
  asked: "What Bitbucket will ask you to allow",
  legacy: "Sign in with Bitbucket (legacy)",
  password: "Only Bitbucket asks for your password.",

  whichAccount: "Which account?",
  signedInThere:
    "Whichever account is signed in to Bitbucket in this browser; Bitbucket doesn’t ask. To use another one, {link}, sign out there, and come back to this page.",
  openBitbucket: "open Bitbucket",

  signedInAs: "You are signed in as",
  goTo: (place: string) => `Go to ${place}`,
  again: "Sign in again",
} as const

/** Why the user has to sign in again, and what to do. */
export const reasons = {
  connectionEnded: {
    title: "Your connection to Bitbucket has ended.",
    whatToDo: "Nothing was deleted. Sign in again and you’ll be back where you were.",
  },
  sessionEnded: {
    title: "You have been signed out.",
    why: "You signed this browser out from another one, or didn’t use it for a while. After you sign in, Activity shows which.",
  },
  nothingDone: {
    title: "You were signed out already.",
    whatToDo: "So the button you pressed did nothing. Sign in and press it again.",
  },
  notAdmitted: {
    title: "You were signed out.",
    why: "Bitbucket says that your account is no longer admitted here.",
  },
} as const
