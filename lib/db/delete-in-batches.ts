const BATCH_SIZE = 5_000

/**
 * Deletes what may be a great many rows, in statements that each end well within the limit that the pool sets them.
 *
 * @param deleteSome deletes so many rows at the most
 * @returns how many there were
 */
export async function deleteInBatches(
  deleteSome: (limit: number) => Promise<{ rowCount: number | null }>,
): Promise<number> {
  let total = 0
  for (let batch = BATCH_SIZE; batch === BATCH_SIZE; total += batch)
    batch = (await deleteSome(BATCH_SIZE)).rowCount ?? 0
  return total
}
