import { expect, test } from "vitest"
import { deleteInBatches } from "./delete-in-batches"

function tableOf(rows: number) {
  const batches: number[] = []
  return {
    batches,
    deleteSome: async (limit: number) => {
      const rowCount = Math.min(rows, limit)
      rows -= rowCount
      batches.push(rowCount)
      return { rowCount }
    },
  }
}

test("deletes batch after batch until one is not full", async () => {
  const table = tableOf(2_345)
  expect(await deleteInBatches(table.deleteSome, () => true)).toBe(2_345)
  expect(table.batches).toEqual([1_000, 1_000, 345])
})

test("stops between two batches when time is up, and the next run deletes the rest", async () => {
  const table = tableOf(2_345)
  expect(await deleteInBatches(table.deleteSome, () => table.batches.length < 1)).toBe(1_000)
  expect(await deleteInBatches(table.deleteSome, () => true)).toBe(1_345)
})

test("deletes nothing when there is no time at all", async () => {
  const table = tableOf(10)
  expect(await deleteInBatches(table.deleteSome, () => false)).toBe(0)
  expect(table.batches).toEqual([])
})
