/** What the page about stored data says. */
export const words = {
  title: "What this site keeps",
  description: "What this site keeps of people who sign in with Bitbucket, where, and how long.",
  lead: "This site keeps what it needs to show you your Bitbucket account and to stay connected, and nothing for anyone else. You can download and delete it on the page {link}; only what the last three rows name stays after that.",
  connection: "Bitbucket connection",
  where: "Where: ",
  howLong: "How long: ",
} as const

type Kept = { what: string; where: string; until: string }

/** How long things are kept, in days. */
type Days = { idle: number; absolute: number; stayConnected: number; activity: number }

export function everythingKept({ idle, absolute, stayConnected, activity }: Days): Kept[] {
  const untilDisconnected = `Until you disconnect, delete your data, or sign out of your last browser. If you chose to stay connected: ${inDays(stayConnected)} without a visit`
  return [
    {
      what: "Your Bitbucket profile: account ID, names, picture link, location, email addresses",
      where: "Database",
      until: untilDisconnected,
    },
    {
      what: "The access that you gave this site: the keys to it, and what they allow",
      where: "Database, encrypted. Never in a browser or a log",
      until: untilDisconnected,
    },
    {
      what: "Your sessions: which browser, when you signed in and when you were last here",
      where: "Database",
      until: `Until you sign out, or after ${inDays(idle)} without a visit, and ${inDays(absolute)} at most`,
    },
    {
      what: "Your activity: sign-ins, renewals, what happened to your connection, and what this site used it for",
      where: "Database",
      until: `${activity} days, or until you delete your data`,
    },
    {
      what: "A cookie that says which session is yours, and one for the colours you chose",
      where: "Your browser",
      until: `${inDays(absolute)}; a year for the colours`,
    },
    {
      what: "What this site remembers of a sign-in that you started",
      where: "A cookie in your browser, then a hash in the database",
      until: "15 minutes",
    },
    {
      what: "How many requests your account and your network address made",
      where: "Database, as keyed hashes",
      until: "About a minute",
    },
    {
      what: "Your account ID, next to security events, without your name or address",
      where: "The server’s log",
      until: "As long as the owner of this site keeps logs",
    },
    {
      what: "Copies of the database",
      where: "Backups, if the owner of this site makes any",
      until: "As long as the owner of this site keeps backups",
    },
    {
      what: "That you allowed this site",
      where: "Bitbucket",
      until: "Until you remove this site in your Bitbucket settings",
    },
  ]
}

function inDays(count: number): string {
  if (count < 1) return `${Math.round(count * 24)} hours`
  if (count === 365) return "a year"
  return count === 1 ? "a day" : `${count} days`
}
