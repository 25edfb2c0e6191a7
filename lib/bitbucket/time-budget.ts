import "server-only"
import { AsyncLocalStorage } from "node:async_hooks"

const budget = new AsyncLocalStorage<AbortSignal>()

/** The longest that a user waits for Bitbucket, however many calls it takes: pages end within six seconds. */
export const TIME_BUDGET_MS = 5_200

/** Runs something whose calls to Bitbucket may take no longer than this in total. */
export async function withinTimeBudget<Result>(
  run: () => Promise<Result>,
  budgetMs = TIME_BUDGET_MS,
): Promise<Result> {
  const { signal, stop } = startDeadline(budgetMs)
  try {
    return await budget.run(signal, run)
  } finally {
    stop()
  }
}

/** Aborts the calls of the code that runs within a time budget. */
export function timeBudgetSignal(): AbortSignal | undefined {
  return budget.getStore()
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
  const { signal, stop } = startDeadline(deadlineMs)
  const deadline = new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true })
  }).then(giveUp)
  // Both may fail, and only the first one counts.
  deadline.catch(() => undefined)
  return Promise.race([work, deadline]).finally(stop)
}

/** A timer that ends with its work, unlike the one of `AbortSignal.timeout`, which also keeps its async context alive. */
function startDeadline(deadlineMs: number): { signal: AbortSignal; stop: () => void } {
  const deadline = new AbortController()
  const giveUp = () => deadline.abort(new DOMException(`Took longer than ${deadlineMs} ms`, "TimeoutError"))
  // If the process was busy all that time, it first reads what has arrived.
  const timer = setTimeout(() => setImmediate(giveUp), deadlineMs)
  return { signal: deadline.signal, stop: () => clearTimeout(timer) }
}
