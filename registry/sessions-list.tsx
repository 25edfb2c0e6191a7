type Session = {
  /** Comes back to `onSignOut` in the field `session`; not the session's secret. */
  reference: string
  /** Such as "Firefox on Linux". */
  browser: string
  lastSeenAt: Date
  isThisBrowser: boolean
}

type Props = {
  sessions: readonly Session[]
  onSignOut: (form: FormData) => void | Promise<void>
  /** Of the people who read it; the server's own unless given. */
  locale?: string
  timeZone?: string
}

export function SessionsList({ sessions, onSignOut, locale, timeZone = "UTC" }: Props) {
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "long", timeZone })
  const thisBrowserFirst = [...sessions].sort((a, b) => Number(b.isThisBrowser) - Number(a.isThisBrowser))
  return (
    <ul className="divide-y rounded-xl border bg-card text-card-foreground">
      {thisBrowserFirst.map(({ reference, browser, lastSeenAt, isThisBrowser }) => (
        <li key={reference} className="flex flex-wrap items-center gap-3 p-4">
          <div className="min-w-0 flex-1">
            <p className="break-words font-medium">{browser}</p>
            <p className="text-muted-foreground text-sm">
              {isThisBrowser ? (
                "This browser"
              ) : (
                <>
                  Last seen <time dateTime={lastSeenAt.toISOString()}>{moment.format(lastSeenAt)}</time>
                </>
              )}
            </p>
          </div>
          {!isThisBrowser && (
            <form action={onSignOut}>
              <input type="hidden" name="session" value={reference} />
              <button
                type="submit"
                className="inline-flex h-9 items-center rounded-md border px-4 font-medium text-sm hover:bg-accent hover:text-accent-foreground focus-visible:outline-2 focus-visible:outline-ring focus-visible:outline-offset-2"
              >
                Sign out<span className="sr-only"> of {browser}</span>
              </button>
            </form>
          )}
        </li>
      ))}
    </ul>
  )
}
