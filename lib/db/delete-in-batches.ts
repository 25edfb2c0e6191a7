/** How much is deleted in one go. Whatever is not deleted now waits for the next run. */
export type Pace = {
  batchSize: number
  mostBatches: number
  /** Asked before each batch. */
  mayContinue: () => boolean
}

/**
 * Deletes what may be a great many rows, in statements that each end well within the limit on a statement.
 *
 * @param deleteSome deletes at most `limit` rows
 * @returns how many rows were deleted
 */
export async function deleteInBatches(
  deleteSome: (limit: number) => Promise<{ rowCount: number | null }>,
  { batchSize, mostBatches, mayContinue }: Pace,
): Promise<number> {
  let total = 0
  for (let batches = 0; batches < mostBatches && mayContinue(); batches++) {
    const { rowCount } = await deleteSome(batchSize)
    total += rowCount ?? 0
    if ((rowCount ?? 0) < batchSize) break
  }
  return total
}
