type Props = {
  name: string
  avatarUrl?: string | null
  /** Of `connectionState` in auth-bitbucket/connections. */
  state: "connected" | "refreshing" | "waiting" | "ending" | "ended"
  scopes: readonly string[]
  /** Starts a sign-in; shown while the connection needs attention. */
  onReconnect: (form: FormData) => void | Promise<void>
  onDisconnect: (form: FormData) => void | Promise<void>
}

const words: Record<Props["state"], string> = {
  connected: "Connected",
  refreshing: "Renewing",
  waiting: "Waiting for Bitbucket",
  ending: "Needs attention",
  ended: "Needs attention",
}

const button =
  "inline-flex h-9 items-center rounded-md px-4 font-medium text-sm focus-visible:outline-2 focus-visible:outline-ring focus-visible:outline-offset-2"

export function ConnectionCard({ name, avatarUrl, state, scopes, onReconnect, onDisconnect }: Props) {
  const needsPerson = state === "ending" || state === "ended"
  return (
    <section
      aria-labelledby="bitbucket-connection"
      className="rounded-xl border bg-card p-6 text-card-foreground"
    >
      <header className="flex flex-wrap items-center gap-3">
        {/* biome-ignore lint/performance/noImgElement: works in every framework */}
        {avatarUrl && <img src={avatarUrl} alt="" className="size-10 rounded-full" />}
        <h2 id="bitbucket-connection" className="min-w-0 flex-1 break-words font-semibold">
          <span className="sr-only">Bitbucket: connected as </span>
          {name}
        </h2>
        <span
          className={`rounded-full border px-2.5 py-0.5 text-xs ${needsPerson ? "border-destructive text-destructive" : "text-muted-foreground"}`}
        >
          {words[state]}
        </span>
      </header>
      <p className="mt-4 text-muted-foreground text-sm">
        {scopes.length > 0 ? `It may use: ${scopes.join(", ")}.` : "Bitbucket did not say what it may use."}
      </p>
      <div className="mt-4 flex flex-wrap gap-3">
        {needsPerson && (
          <form action={onReconnect}>
            <button
              type="submit"
              className={`${button} bg-primary text-primary-foreground hover:bg-primary/90`}
            >
              Connect again
            </button>
          </form>
        )}
        <form action={onDisconnect}>
          <button type="submit" className={`${button} border hover:bg-accent hover:text-accent-foreground`}>
            Disconnect
          </button>
        </form>
      </div>
    </section>
  )
}
