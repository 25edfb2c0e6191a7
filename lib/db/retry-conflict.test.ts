import { sql } from "drizzle-orm"
import { expect, test, vi } from "vitest"
import { createTestDatabase } from "@/test/database"
import { retryConflict } from "./retry-conflict"

/** An error as the driver and Drizzle make it, because Postgres itself raises it. */
function raising(code: string) {
  return sql.raw(`do $$ begin raise exception using errcode = '${code}'; end $$`)
}

test.each(["40P01", "40001"])("a transaction that loses a conflict (%s) runs once more", async (code) => {
  const { db } = await createTestDatabase()
  let attempts = 0
  const result = await retryConflict(() =>
    db.transaction(async (tx) => {
      if (++attempts === 1) await tx.execute(raising(code))
      return "done"
    }),
  )
  expect(result).toBe("done")
  expect(attempts).toBe(2)
})

test("a second conflict in a row is the caller's, and so is whatever is no conflict", async () => {
  const { db } = await createTestDatabase()
  for (const [code, attempts] of [
    ["40P01", 2],
    ["23505", 1],
  ] as const) {
    const transact = vi.fn(() => db.transaction((tx) => tx.execute(raising(code))))
    await expect(retryConflict(transact)).rejects.toMatchObject({ sqlState: code })
    expect(transact, code).toHaveBeenCalledTimes(attempts)
  }
})
