import { expect, test } from "vitest"
import { createRecentlyUsed } from "./recently-used"

test("of more values than fit, the one that was not asked for longest goes", () => {
  const recent = createRecentlyUsed<number>(2)
  recent.set("a", 1)
  recent.set("b", 2)
  expect(recent.get("a")).toBe(1)
  recent.set("c", 3)
  expect([recent.get("a"), recent.get("b"), recent.get("c")]).toEqual([1, undefined, 3])
})

test("a value that is set again takes no second place", () => {
  const recent = createRecentlyUsed<number>(2)
  recent.set("a", 1)
  recent.set("b", 2)
  recent.set("a", 4)
  expect([recent.get("a"), recent.get("b")]).toEqual([4, 2])
})
