import { AsyncLocalStorage } from "node:async_hooks"
import { withDeadline } from "./deadline.ts"

const budget = new AsyncLocalStorage<AbortSignal>()

/** The longest that a person waits for Bitbucket in all, however many calls it takes: pages answer within six seconds. */
export const TIME_BUDGET_MS = 5_200

/** Runs something whose calls to Bitbucket, all together, may take no longer than this. */
export function withinTimeBudget<Result>(
  run: () => Promise<Result>,
  budgetMs = TIME_BUDGET_MS,
): Promise<Result> {
  return withDeadline(budgetMs, (signal) => budget.run(signal, run))
}

/** Aborts the calls of the code that runs within a time budget. */
export function timeBudgetSignal(): AbortSignal | undefined {
  return budget.getStore()
}
