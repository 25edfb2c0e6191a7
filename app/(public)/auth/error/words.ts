/** The text of the error page, except for the failures themselves, which are in `lib/sign-in/failures.ts`. */
export const words = {
  signedInAs: "Bitbucket signed you in as {account}.",
  reference: "If it happens again, give the owner of this site the reference {reference}.",
  goesOn: "You stay signed in, and this page continues automatically once Bitbucket has answered.",
  againNow: "You can try again now.",
  againAt: "Try again {relative}, after {time}.",
  forOwner: "For the owner of this site",
  inEnvironment: "In the environment: {names}",
  forDevelopers: "For developers: {link}.",
  checkSetup: "check this setup",
  toStart: "Go to the start page",
  remembered:
    "If Bitbucket brings you straight back here without asking, it has remembered your answer. {link}, then try again.",
  removeIt: "Remove your permission there",
} as const
