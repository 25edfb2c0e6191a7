import type { Metadata } from "next"
import { ACTIVITY_KEPT_DAYS } from "@/lib/accounts/activity"
import { environment } from "@/lib/env"
import { limitTo } from "@/lib/sessions/limited-request"

export const metadata: Metadata = {
  title: "What this site keeps",
  description: "What this site keeps of people who sign in with Bitbucket, where, and how long.",
}

type Kept = { what: string; where: string; until: string }

function everythingKept(): Kept[] {
  const { SESSION_IDLE_DAYS, SESSION_ABSOLUTE_DAYS, STAY_CONNECTED_DAYS } = environment()
  const untilDisconnected = `Until you disconnect, delete your data, or sign out of your last browser. If you chose to stay connected: ${inDays(STAY_CONNECTED_DAYS)} without a visit`
  return [
    {
      what: "Your Bitbucket profile: account ID, names, picture link, location, email addresses",
      where: "Database",
      until: untilDisconnected,
    },
    {
      what: "The access that you gave this app: the keys to it, and what they allow",
      where: "Database, encrypted. Never in a browser or a log",
      until: untilDisconnected,
    },
    {
      what: "Your sessions: which browser, when you signed in and when you were last here",
      where: "Database",
      until: `Until you sign out, or after ${inDays(SESSION_IDLE_DAYS)} without a visit, and ${inDays(SESSION_ABSOLUTE_DAYS)} at most`,
    },
    {
      what: "Your activity: sign-ins, renewals, what happened to your connection, and what this app used it for",
      where: "Database",
      until: `${ACTIVITY_KEPT_DAYS} days, or until you delete your data`,
    },
    {
      what: "A cookie that says which session is yours, and one for the colours you chose",
      where: "Your browser",
      until: `${inDays(SESSION_ABSOLUTE_DAYS)}; a year for the colours`,
    },
    {
      what: "What this app remembers of a sign-in that you started",
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
      where: "The server's log",
      until: "As long as the owner of this site keeps logs",
    },
    {
      what: "That you allowed this app",
      where: "Bitbucket",
      until: "Until you remove the app in your Bitbucket settings",
    },
  ]
}

/** People read it before they sign in, and from the page of their connection. */
export default async function PrivacyPage() {
  await limitTo("page")
  return (
    <div className="page public">
      <h1>What this site keeps</h1>
      <p className="lead max-w-2xl">
        This site keeps what it needs to show you your Bitbucket account and to stay connected, and nothing
        for anyone else. You can download all of it, and delete all of it, on the page{" "}
        <a href="/integrations/bitbucket" className="link">
          Bitbucket connection
        </a>
        .
      </p>
      <dl className="mt-8 divide-y divide-line border-line border-y">
        {everythingKept().map(({ what, where, until }) => (
          <div key={what} className="grid gap-x-8 gap-y-1 py-4 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
            <dt className="font-medium text-sm">{what}</dt>
            <dd className="text-ink-muted text-sm">
              <p>
                <span className="text-ink">Where: </span>
                {where}
              </p>
              <p>
                <span className="text-ink">How long: </span>
                {until}
              </p>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

function inDays(count: number): string {
  if (count < 1) return `${Math.round(count * 24)} hours`
  if (count === 365) return "a year"
  return count === 1 ? "a day" : `${count} days`
}
