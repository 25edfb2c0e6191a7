/** What the timer needs from its surroundings: a browser, or a test. */
export type RefreshWorld = {
  now: () => number
  /** @returns a function that cancels it */
  schedule: (run: () => void, delayMs: number) => () => void
  /** Asks the app to refresh what is due: POST /api/token/refresh. */
  ask: () => Promise<RefreshAnswer>
  /** Runs it unless another tab of this browser is running it. */
  onlyOneTab: (run: () => Promise<void>) => Promise<void>
  tellOtherTabs: (expiresAt: number) => void
}

/** Instants are milliseconds since 1970. */
export type RefreshAnswer =
  | { kind: "refreshed"; expiresAt: number }
  | { kind: "later"; delayMs: number }
  | { kind: "never" }

export type RefreshTimer = {
  /** The page is visible again, or the laptop has woken up: timers may be late. */
  wake: () => void
  /** Another tab has refreshed the token. */
  hear: (expiresAt: number) => void
  stop: () => void
}

/** A timer's delay must fit into 31 bits, and a change of the clock should have no effect for longer than this. */
const LONGEST_DELAY_MS = 60 * 60 * 1000
/** The app said "not yet": our clock is ahead of its. */
const SHORTEST_REPEAT_MS = 15_000
/** The pause before the next request if the app did not answer, or did not say when. */
const USUAL_PAUSE_SECONDS = 30
/** The longest pause, whatever the answer says. */
const LONGEST_PAUSE_SECONDS = 15 * 60

/**
 * Reads the response to POST /api/token/refresh, which may come from a proxy instead of the app.
 *
 * @param response undefined if there was none
 */
export async function readRefreshAnswer(response: Response | undefined): Promise<RefreshAnswer> {
  // The next page says what is wrong and what to do. Asking again does not help.
  if (response?.status === 401 || response?.status === 403) return { kind: "never" }
  if (response?.ok) {
    const body: { expiresAt?: unknown } | null = await response.json().catch(() => null)
    const expiresAt = Date.parse(String(body?.expiresAt))
    if (!Number.isNaN(expiresAt)) return { kind: "refreshed", expiresAt }
  }
  return { kind: "later", delayMs: pauseSeconds(response?.headers.get("retry-after") ?? "") * 1000 }
}

/** @param retryAfter whole seconds, as the app sends them */
function pauseSeconds(retryAfter: string): number {
  if (!/^\d+$/.test(retryAfter)) return USUAL_PAUSE_SECONDS
  return Math.min(Math.max(Number(retryAfter), 1), LONGEST_PAUSE_SECONDS)
}

/**
 * Keeps an access token fresh while a page is open, so that no page view has to wait for a refresh.
 *
 * @param expiresAt when the token expires
 * @param leadMs how long before that to ask the app; within its refresh window, or it has nothing to do
 */
export function startRefreshTimer(world: RefreshWorld, expiresAt: number, leadMs: number): RefreshTimer {
  let dueAt = expiresAt - leadMs
  let cancel = () => {}
  let isStopped = false

  function plan(): void {
    cancel()
    if (!isStopped)
      cancel = world.schedule(wake, Math.min(Math.max(dueAt - world.now(), 0), LONGEST_DELAY_MS))
  }

  function wake(): void {
    if (isStopped) return
    if (world.now() < dueAt) {
      plan()
      return
    }
    void world.onlyOneTab(refresh).finally(plan)
    // Until an answer comes, or another tab reports one.
    dueAt = world.now() + SHORTEST_REPEAT_MS
  }

  async function refresh(): Promise<void> {
    const answer = await world.ask()
    if (answer.kind === "never") isStopped = true
    else if (answer.kind === "later") dueAt = world.now() + answer.delayMs
    else {
      hear(answer.expiresAt)
      world.tellOtherTabs(answer.expiresAt)
    }
  }

  function hear(newExpiresAt: number): void {
    if (Number.isNaN(newExpiresAt)) return
    dueAt = Math.max(newExpiresAt - leadMs, world.now() + SHORTEST_REPEAT_MS)
    plan()
  }

  plan()
  return {
    wake,
    hear,
    stop() {
      isStopped = true
      cancel()
    },
  }
}
