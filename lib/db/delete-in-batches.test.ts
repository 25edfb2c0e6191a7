import { expect, test } from "vitest"
import { deleteInBatches } from "./delete-in-batches"

test("deletes batch after batch, until there was less than one", async () => {
  let left = 12_345
  const batches: number[] = []
  const deleted = await deleteInBatches(async (limit) => {
    const rowCount = Math.min(left, limit)
    left -= rowCount
    batches.push(rowCount)
    return { rowCount }
  })
  expect([deleted, left]).toEqual([12_345, 0])
  expect(batches).toEqual([5_000, 5_000, 2_345])
})
