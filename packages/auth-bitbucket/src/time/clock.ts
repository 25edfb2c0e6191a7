import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises"

/** Where time comes from and how it passes: every wait and every deadline of a connection goes through it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now: () => number
  /** Milliseconds of a clock that only goes forward. */
  elapsed: () => number
  /**
   * Resolves after this many milliseconds, or as soon as `signal` is aborted; never rejects.
   *
   * With `isIdle`, a process that has nothing else to do may end meanwhile.
   */
  wait: (ms: number, options?: { signal?: AbortSignal | undefined; isIdle?: boolean }) => Promise<void>
}

/**
 * The clock of this machine. Its timers end with what they are for. That of `AbortSignal.timeout` does not: Node keeps it
 * until the signal is unreachable, and with it the async context that it was made in.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  async wait(ms, { signal, isIdle = false } = {}) {
    await wait(ms, undefined, { ref: !isIdle, ...(signal && { signal }) }).catch(() => undefined)
    // A process that was busy all that time reads what has come meanwhile before a deadline passes.
    if (!signal?.aborted) await nextTurn()
  },
}

/**
 * Runs something with a signal that aborts with a `TimeoutError` when it takes longer.
 *
 * @throws what `run` throws
 */
export async function withDeadline<Result>(
  clock: Clock,
  deadlineMs: number,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const [deadline, done] = [new AbortController(), new AbortController()]
  void clock.wait(deadlineMs, { signal: done.signal }).then(() => {
    if (!done.signal.aborted)
      deadline.abort(new DOMException(`Took longer than ${deadlineMs} ms`, "TimeoutError"))
  })
  try {
    return await run(deadline.signal)
  } finally {
    done.abort()
  }
}

/**
 * Waits for something, but no longer than this. Does not stop it.
 *
 * @param giveUp makes the error to throw if it takes longer
 */
export async function waitAtMost<Result>(
  clock: Clock,
  deadlineMs: number,
  work: Promise<Result>,
  giveUp: () => Error,
): Promise<Result> {
  const done = new AbortController()
  const deadline = clock.wait(deadlineMs, { signal: done.signal }).then((): never => {
    throw giveUp()
  })
  // Both may fail, and only the first one counts.
  deadline.catch(() => undefined)
  return Promise.race([work, deadline]).finally(() => done.abort())
}
