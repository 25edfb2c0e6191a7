/** What the page of the sessions says. */
export const words = {
  title: "Sessions",
  lead: (idle: string, absolute: string) =>
    `The browsers that are signed in with your account. A session expires ${idle} after its last visit, or ${absolute} after it began. Don’t recognize one? Sign it out, then change your Bitbucket password. {link} shows past sign-ins and sign-outs.` as const,
  activity: "Activity",
  where: "Where you are signed in",
  signOutOthers: "Sign out everywhere else",
  signingOut: "Signing out…",
  noun: ["session", "sessions"],
  signedOutOf: (browsers: string) => `Signed out of ${browsers}.`,
  unknown: "Unknown browser",
  thisBrowser: "This browser",
  isNew: "New since you signed in here",
  activeNow: "Active now",
  lastSeen: "Last seen {when}",
  signedIn: " · signed in {when}",
  signOut: "Sign out",
  /** Completes it for people who hear it. */
  of: (browser: string) => ` of ${browser}`,
  staysSignedIn: "This browser stays signed in.",
  lastBrowser:
    "When no browser is signed in any more, this site disconnects from Bitbucket and deletes what Bitbucket gave it, unless you {link}.",
  stayConnected: "choose to stay connected",
  staysConnected: "You chose to stay connected: signing out leaves {link} as it is.",
  connection: "your connection",
} as const
