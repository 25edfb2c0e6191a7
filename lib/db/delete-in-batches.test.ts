import { expect, test } from "vitest"
import { deleteInBatches, type Pace } from "./delete-in-batches"

const pace = (changes: Partial<Pace> = {}): Pace => ({
  batchSize: 1_000,
  mostBatches: Number.POSITIVE_INFINITY,
  mayContinue: () => true,
  ...changes,
})

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
  expect(await deleteInBatches(table.deleteSome, pace())).toBe(2_345)
  expect(table.batches).toEqual([1_000, 1_000, 345])
})

test("stops between two batches when time is up, and the next run deletes the rest", async () => {
  const table = tableOf(2_345)
  expect(await deleteInBatches(table.deleteSome, pace({ mayContinue: () => table.batches.length < 1 }))).toBe(
    1_000,
  )
  expect(await deleteInBatches(table.deleteSome, pace())).toBe(1_345)
})

test("deletes nothing if there is no time left", async () => {
  const table = tableOf(10)
  expect(await deleteInBatches(table.deleteSome, pace({ mayContinue: () => false }))).toBe(0)
  expect(table.batches).toEqual([])
})

test("deletes no more batches than allowed, and no more rows in each", async () => {
  const table = tableOf(350)
  expect(await deleteInBatches(table.deleteSome, pace({ batchSize: 100, mostBatches: 2 }))).toBe(200)
  expect(table.batches).toEqual([100, 100])
})
