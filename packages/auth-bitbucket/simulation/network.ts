import type { ConnectionStore } from "../src/connections/store.ts"
import type { RefreshGrant, RefreshOutcome } from "../src/oauth/refresh-grant.ts"
import { noAnswer, type SimulatedBitbucket } from "./simulated-bitbucket.ts"
import type { Server, VirtualTime } from "./virtual-time.ts"

/**
 * What becomes of one exchange. Times in milliseconds.
 *
 * - `answered`: nothing goes wrong.
 * - `refused`: nothing arrives, and the sender gets an error.
 * - `reset`: the request takes effect, and then the connection breaks.
 * - `lost`: the request takes effect, and no reply ever arrives.
 */
export type Fate = {
  outcome: "answered" | "refused" | "reset" | "lost"
  requestMs: number
  replyMs: number
  /** The times above are only the shortest: the exhaustive search delivers when it likes. */
  mayTakeLonger?: boolean
  /** A machine on the way sends the request again after this long; its reply goes nowhere. */
  repeatedAfterMs?: number
  /** Something on the way answers in Bitbucket's place, and the request does not arrive. */
  answeredInstead?: RefreshOutcome
}

/** Draws the fate of each exchange. */
export type Weather = { database: (operation: string) => Fate; bitbucket: () => Fate }

/** As long as the driver waits for Postgres: `lib/db` gives up a second after the statement's own limit. */
const STATEMENT_TIMEOUT_MS = 5_000

/** The store cannot be reached; whether the statement took effect is unknown. */
class ConnectionLost extends Error {
  override readonly name = "ConnectionLost"
}

/** `name`: what is asked, with all that it is asked with. */
type Exchange = { time: VirtualTime; server: Server; name: () => string; fate: Fate }

/** Sends a request, and calls one of the two functions at most once, unless the server is killed first. */
function exchange<Reply>(
  { time, server, name, fate }: Exchange,
  execute: () => Promise<Reply>,
  onReply: (reply: Reply) => void,
  onBroken: () => void,
): void {
  const { outcome, requestMs, replyMs, repeatedAfterMs } = fate
  if (outcome === "refused") {
    time.after(replyMs, { kind: "message", label: () => `${name()} refused`, server, run: onBroken })
    return
  }
  // A request that has been sent arrives, whether or not its sender lives to see it.
  const label = () => `${server.name} ${name()} arrives`
  time.after(requestMs, {
    kind: "message",
    label,
    server: null,
    async run() {
      const reply = await execute()
      if (outcome === "lost") return
      const isReset = outcome === "reset"
      time.after(replyMs, {
        kind: "message",
        label: () => `${name()} ${isReset ? "reset" : JSON.stringify(reply)}`,
        server,
        run: () => (isReset ? onBroken() : onReply(reply)),
      })
    },
  })
  if (repeatedAfterMs !== undefined)
    time.after(requestMs + repeatedAfterMs, { kind: "message", label, server: null, run: execute })
}

/** If an answer is sure to come in time, there is no need for a timer. */
function mayTimeOut({ outcome, requestMs, replyMs, mayTakeLonger = false }: Fate): boolean {
  return mayTakeLonger || outcome === "lost" || requestMs + replyMs >= STATEMENT_TIMEOUT_MS
}

/** The store as one server reaches it: over a network, with a limit to each statement. */
export function storeOver(
  { time, server, weather }: { time: VirtualTime; server: Server; weather: () => Weather },
  database: ConnectionStore,
): ConnectionStore {
  const { isUnreachable: _, ...operations } = database
  const call =
    (name: string, operation: (...given: unknown[]) => Promise<unknown>) =>
    (...given: unknown[]) =>
      new Promise<unknown>((resolve, reject) => {
        const fate = weather().database(name)
        const cancel = mayTimeOut(fate)
          ? time.after(STATEMENT_TIMEOUT_MS, {
              kind: "timer",
              label: () => `${name} times out`,
              server,
              run: () => reject(new ConnectionLost("No answer came")),
            })
          : null
        exchange(
          { time, server, name: () => `${name} ${JSON.stringify(given)}`, fate },
          () => operation(...given),
          (reply) => {
            cancel?.()
            resolve(reply)
          },
          () => {
            cancel?.()
            reject(new ConnectionLost("No answer came"))
          },
        )
      })
  const remote = Object.entries(operations).map(([name, operation]) => [
    name,
    call(name, operation as (...given: unknown[]) => Promise<unknown>),
  ])
  return {
    ...Object.fromEntries(remote),
    isUnreachable: (error: unknown) => error instanceof ConnectionLost,
  }
}

/** Bitbucket's token endpoint as one server reaches it. */
export function refreshGrantOver(
  { time, server, weather }: { time: VirtualTime; server: Server; weather: () => Weather },
  bitbucket: SimulatedBitbucket,
  watch: {
    refreshSent: (server: Server, refreshToken: string) => void
    refreshAnswered: (server: Server, refreshToken: string, outcome: RefreshOutcome) => void
  },
): RefreshGrant {
  return (refreshToken, signal) =>
    new Promise((resolve) => {
      watch.refreshSent(server, refreshToken)
      let isAnswered = false
      const answer = (outcome: RefreshOutcome) => {
        if (isAnswered) return
        isAnswered = true
        watch.refreshAnswered(server, refreshToken, outcome)
        resolve(outcome)
      }
      const fate = weather().bitbucket()
      signal?.addEventListener("abort", () => answer(noAnswer))
      exchange(
        { time, server, name: () => `refresh ${refreshToken}`, fate },
        async () => fate.answeredInstead ?? bitbucket.exchange(refreshToken),
        answer,
        () => answer(noAnswer),
      )
    })
}
