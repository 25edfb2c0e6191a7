const BATCH_SIZE = 1_000

/** Asked before each batch. Whatever is not deleted now waits for the next run. */
export type MayContinue = () => boolean

/**
 * Deletes what may be a great many rows, in statements that each end well within the limit on a statement.
 *
 * @param deleteSome deletes at most `limit` rows
 * @param mayContinue whether there is time for another batch
 * @returns how many rows were deleted
 */
export async function deleteInBatches(
  deleteSome: (limit: number) => Promise<{ rowCount: number | null }>,
  mayContinue: MayContinue,
): Promise<number> {
  let total = 0
  for (let batch = BATCH_SIZE; batch === BATCH_SIZE && mayContinue(); total += batch)
    batch = (await deleteSome(BATCH_SIZE)).rowCount ?? 0
  return total
}
