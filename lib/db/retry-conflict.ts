import { isDatabaseError } from "./errors"

/**
 * Runs a transaction, and once more if it lost a conflict with another one. By then Postgres has rolled back the first
 * attempt.
 *
 * @param transact opens the transaction; anything it does outside the database may happen twice
 * @throws what the second attempt throws, and any error that is not a conflict
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
