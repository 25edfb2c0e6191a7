import type { Pool } from "pg"

/** The context of a request to a Vercel function; nothing on other hosts. `@vercel/functions` reads the same. */
type FunctionContext = {
  waitUntil?: (promise: Promise<unknown>) => void
  /** When the function is ended, as an ISO date or in milliseconds since 1970. */
  deadline?: string | number
}

const CONTEXT = Symbol.for("@vercel/request-context")

/** A little more than the pool's own timer, so that it fires first. */
const MARGIN_MS = 100

/**
 * If a function is frozen between requests, so are its timers, and the connections that they would close stay
 * open at Postgres. This keeps it awake until the pool has closed its idle connections, but never past its deadline, as
 * `attachDatabasePool` of `@vercel/functions` does: docs/decisions/020-vercel-pools.md.
 *
 * @param idleMs how long the pool keeps an idle connection
 */
export function stayAwakeWhileIdle(pool: Pool, idleMs: number): void {
  let endWait = (): void => undefined
  pool.on("release", () => {
    const { waitUntil, deadline } = functionContext()
    if (!waitUntil) return
    endWait()
    waitUntil(
      new Promise<void>((resolve) => {
        const leftMs = deadline === undefined ? Infinity : new Date(deadline).getTime() - Date.now() - 1_000
        const timer = setTimeout(resolve, Math.max(0, Math.min(idleMs + MARGIN_MS, leftMs)))
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
