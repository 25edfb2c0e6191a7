import { inDays } from "@/components/time-text"

/** The text of the page about stored data. */
export const words = {
  title: "What this site keeps",
  description: "What this site keeps of people who sign in with Bitbucket, where, and how long.",
  lead: "This site keeps what it needs to show you your Bitbucket account and to stay connected, and shares it with no one. You can download or delete it on the {link} page; after you delete it, only what is in the second list remains.",
  connection: "Bitbucket connection",
  notKept:
    "It reads your workspaces and repositories from Bitbucket when you open a page, and keeps none of them. It does not read your code, even where your permission covers it.",
  untilDeleted: "Deleted when you delete your data, or sooner",
  afterDeleting: "What remains",
  where: "Where: ",
  howLong: "How long: ",
} as const

export type Kept = { what: string; where: string; until: string }

/** How long things are kept, in days. */
type Days = { idle: number; absolute: number; stayConnected: number; activity: number }

/** What is deleted when users delete their data. */
export function keptUntilDeleted({ idle, absolute, stayConnected, activity }: Days): Kept[] {
  const untilDisconnected = `Until you disconnect, delete your data, or no browser is signed in any more; if you chose to stay connected, until you disconnect, delete your data, or don’t visit for ${inDays(stayConnected)}`
  return [
    {
      what: "Your Bitbucket profile: account ID, names, picture link, location, email addresses",
      where: "Database",
      until: untilDisconnected,
    },
    {
      what: "Your access keys and permissions",
      where: "Database, the keys encrypted; never in a browser or a log",
      until: untilDisconnected,
    },
    {
      what: "Your sessions: which browser, when you signed in and when you were last here",
      where: "Database",
      until: `Until you sign out, disconnect or delete your data; otherwise ${inDays(idle)} after your last visit, or ${inDays(absolute)} after you signed in, whichever is first`,
    },
    {
      what: "Your activity: sign-ins, renewals, what happened to your connection, and what this site used it for",
      where: "Database",
      until: `${activity} days, or until you delete your data`,
    },
    {
      what: "A cookie that says which session is yours",
      where: "Your browser",
      until: `Until you sign out, but ${inDays(absolute)} at most`,
    },
  ]
}

/** What remains when users delete their data, and for how long. */
export function keptAfterDeleting(): Kept[] {
  return [
    {
      what: "A cookie for the theme you chose",
      where: "Your browser",
      until: "A year",
    },
    {
      what: "A sign-in in progress",
      where: "A cookie in your browser, then a one-way code in the database",
      until: "15 minutes",
    },
    {
      what: "Counts of requests per account and IP address, both stored as one-way codes",
      where: "Database",
      until: "About a minute",
    },
    {
      what: "Your account ID, next to security events, without your name or email address",
      where: "The server’s log",
      until: "As long as the owner of this site keeps logs",
    },
    {
      what: "Copies of the database",
      where: "Backups, if the owner of this site makes any",
      until: "As long as the owner of this site keeps backups",
    },
    {
      what: "Your permission for this site",
      where: "Bitbucket",
      until: "Until you remove it there",
    },
  ]
}
