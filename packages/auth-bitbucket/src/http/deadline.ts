/**
 * Runs something with a signal that aborts with a `TimeoutError` when it takes longer. The timer ends with what it
 * is for. That of `AbortSignal.timeout` does not: Node keeps it until the signal is unreachable, and with it the
 * async context that it was made in. A request that can reach the signal would then stay in memory for good.
 *
 * @param deadlineMs from now on
 * @throws what `run` throws
 */
export async function withDeadline<Result>(
  deadlineMs: number,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = new AbortController()
  const giveUp = () => deadline.abort(new DOMException(`Took longer than ${deadlineMs} ms`, "TimeoutError"))
  // A process that was busy all that time reads first what has come meanwhile.
  const timer = setTimeout(() => setImmediate(giveUp), deadlineMs)
  try {
    return await run(deadline.signal)
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Waits for something, but no longer than this. Does not stop it.
 *
 * @param giveUp gives the result, or throws, if it takes longer
 */
export async function waitAtMost<Result>(
  deadlineMs: number,
  work: Promise<Result>,
  giveUp: () => Result,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs)
  }).then(giveUp)
  // Both may fail, and only the first one counts.
  deadline.catch(() => undefined)
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer))
}
