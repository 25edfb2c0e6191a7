/** How much one run deletes. The next run deletes the rest. */
export type Pace = {
  batchSize: number
  mostBatches: number
  /** Asked before each batch. */
  mayContinue: () => boolean
}

/**
 * Deletes rows, of which there may be very many, in statements that each end well within the time limit.
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
