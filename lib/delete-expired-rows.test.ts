import { expect, test } from "vitest"
import { rateLimit } from "@/lib/db/schema"
import { createTestDatabase } from "@/test/database"
import { stubEnvironment } from "@/test/stub-environment"
import { deleteExpiredRows } from "./delete-expired-rows"

test("counts of requests go when their minute is over, and not before", async () => {
  stubEnvironment()
  const { db } = await createTestDatabase()
  await db.insert(rateLimit).values([
    { key: "over", points: 3, expire: Date.now() - 1_000 },
    { key: "running", points: 3, expire: Date.now() + 60_000 },
    { key: "endless", points: 3, expire: null },
  ])
  expect(await deleteExpiredRows(db)).toMatchObject({ rateLimits: 1 })
  const left = await db.select({ key: rateLimit.key }).from(rateLimit)
  expect(left.map(({ key }) => key).sort()).toEqual(["endless", "running"])
})
