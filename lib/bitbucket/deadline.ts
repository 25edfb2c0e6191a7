/**
 * Runs something with a signal that aborts with a `TimeoutError` when it takes longer. The timer ends with what it
 * is for. That of `AbortSignal.timeout` does not: Node keeps it until nobody can reach the signal, and with it the
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
  const timer = setTimeout(
    () => deadline.abort(new DOMException(`Took longer than ${deadlineMs} ms`, "TimeoutError")),
    deadlineMs,
  )
  try {
    return await run(deadline.signal)
  } finally {
    clearTimeout(timer)
  }
}
