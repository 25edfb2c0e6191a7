/** What the page of the sessions says. */
export const words = {
  title: "Sessions",
  lead: "The browsers that are signed in with your account. If you don’t recognize one, sign it out. Past sign-ins and sign-outs are in {link}.",
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
  lastBrowser:
    "Signing out of your last browser also disconnects this site from Bitbucket and deletes what Bitbucket gave it, unless you {link}.",
  stayConnected: "choose to stay connected",
  staysConnected: "You chose to stay connected: signing out leaves {link} as it is.",
  connection: "your connection",
} as const
