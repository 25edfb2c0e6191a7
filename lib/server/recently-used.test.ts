import { expect, test } from "vitest"
import { createRecentlyUsed } from "./recently-used"

test("if there are too many values, the least recently used one goes", () => {
  const recent = createRecentlyUsed<number>(2)
  recent.set("a", 1)
  recent.set("b", 2)
  expect(recent.get("a")).toBe(1)
  recent.set("c", 3)
  expect([recent.get("a"), recent.get("b"), recent.get("c")]).toEqual([1, undefined, 3])
})

test("setting a value again does not store it twice", () => {
  const recent = createRecentlyUsed<number>(2)
  recent.set("a", 1)
  recent.set("b", 2)
  recent.set("a", 4)
  expect([recent.get("a"), recent.get("b")]).toEqual([4, 2])
})
