/** `serialization_failure` and `deadlock_detected`: Postgres rolled one of two transactions back, and asks to retry it. */
const conflicts = ["40001", "40P01"]

/**
 * Runs a transaction, and once more where it lost a conflict with another one. Postgres has undone the first
 * attempt by then.
 *
 * @param transact opens the transaction: what it did outside of the database happens twice
 * @throws what the second attempt throws, and whatever is no conflict
 * @see https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
 */
export async function retryConflict<Result>(transact: () => Promise<Result>): Promise<Result> {
  try {
    return await transact()
  } catch (error) {
    if (!isConflict(error)) throw error
    return transact()
  }
}

/** Drizzle wraps what the driver threw. */
function isConflict(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ("code" in cause && conflicts.includes(String(cause.code))) return true
  return false
}
