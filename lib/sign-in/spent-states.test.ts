import { sql } from "drizzle-orm"
import { beforeEach, expect, test } from "vitest"
import type { Database } from "@/lib/db/client"
import { spentState } from "@/lib/db/schema"
import { createTestDatabase } from "@/test/database"
import { createSpentStates } from "./spent-states"

let db: Database
let first: ReturnType<typeof createSpentStates>
let second: ReturnType<typeof createSpentStates>

beforeEach(async () => {
  ;({ db } = await createTestDatabase())
  first = createSpentStates(db)
  second = createSpentStates(db)
})

test("one answer takes a state, on whatever server it comes", async () => {
  const answers = await Promise.all([first, second, first, second].map((states) => states.spend("a-state")))
  expect(answers.filter(Boolean)).toHaveLength(1)
  expect(await second.spend("another-state")).toBe(true)
})

test("the same answer on another server waits for the first and lands where it does; one that comes later does not", async () => {
  await first.spend("a-state")
  let looks = 0
  const looked = new Promise<void>((resolve) => {
    const select = db.select.bind(db)
    Object.assign(db, {
      select: (...fields: Parameters<typeof select>) => {
        if (++looks === 2) resolve()
        return select(...fields)
      },
    })
  })
  const waiting = second.waitForLanding("a-state")
  await looked
  await first.recordLanding("a-state", "/profile")
  expect(await waiting).toBe("/profile")
  expect(await second.waitForLanding("a-state")).toBeNull()
})

test("no request waits for a server that died, or for an answer that never came", async () => {
  await first.spend("a-state")
  await db.update(spentState).set({ expiresAt: sql`${spentState.expiresAt} - interval '9 seconds'` })
  expect(await second.waitForLanding("a-state")).toBeNull()
  expect(await second.waitForLanding("a-state-that-was-never-spent")).toBeNull()
})
