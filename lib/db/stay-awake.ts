import type { Pool } from "pg"

/** What a request to a function of Vercel's runs in; nothing on other hosts. `@vercel/functions` reads the same. */
type FunctionContext = { waitUntil?: (promise: Promise<unknown>) => void }

const CONTEXT = Symbol.for("@vercel/request-context")

/** A little more than the pool's own timer, so that it fires first. */
const MARGIN_MS = 100

/**
 * A function that sleeps between requests takes its timers to sleep, and the connections that they would close stay
 * open at Postgres. Keeps it awake until the pool has closed those that are idle.
 *
 * @param idleMs how long the pool keeps an idle connection
 */
export function stayAwakeWhileIdle(pool: Pool, idleMs: number): void {
  let endWait = (): void => undefined
  pool.on("release", () => {
    const { waitUntil } = functionContext()
    if (!waitUntil) return
    endWait()
    waitUntil(
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, idleMs + MARGIN_MS)
        endWait = () => {
          clearTimeout(timer)
          resolve()
        }
      }),
    )
  })
}

function functionContext(): FunctionContext {
  const host = globalThis as { [CONTEXT]?: { get?: () => FunctionContext | undefined } }
  return host[CONTEXT]?.get?.() ?? {}
}
