import { isDatabaseError } from "./errors"

/**
 * Runs a transaction, and once more where it lost a conflict with another one. Postgres has undone the first
 * attempt by then.
 *
 * @param transact opens the transaction: what it does outside of the database happens twice
 * @throws what the second attempt throws, and whatever is no conflict
 * @see https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
 */
export async function retryConflict<Result>(transact: () => Promise<Result>): Promise<Result> {
  try {
    return await transact()
  } catch (error) {
    if (!isDatabaseError(error) || error.code !== "database_conflict") throw error
    return transact()
  }
}
