/** What the page of the sessions says. */
export const words = {
  title: "Sessions",
  lead: "The browsers that are signed in with your account. If you don’t recognise one, sign it out.",
  where: "Where you are signed in",
  signOutOthers: "Sign out everywhere else",
  signingOut: "Signing out…",
  noun: ["session", "sessions"],
  signedOutOf: (count: string | null) =>
    count === "1" ? "Signed out of one browser." : `Signed out of ${count} browsers.`,
  unknown: "Unknown browser",
  thisBrowser: "This browser",
  isNew: "New since you signed in here",
  activeNow: "Active now",
  lastSeen: "Last seen {when}",
  signedIn: " · signed in {when}",
  signOut: "Sign out",
  /** Completes it for people who hear it. */
  of: (browser: string) => ` of ${browser}`,
} as const
