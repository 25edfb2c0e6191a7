import { expect, test } from "vitest"
import { Randomness, seededBytes } from "./randomness.ts"

test.each([1, 18, 2000, 2001, 2002, 2003, 2600])("base64url text has exactly %i characters", (length) => {
  expect(new Randomness().base64url(length)).toMatch(new RegExp(`^[A-Za-z0-9_-]{${length}}$`))
})

test("two texts are never the same", () => {
  const randomness = new Randomness()
  expect(randomness.alphanumeric(18)).not.toBe(randomness.alphanumeric(18))
})

test("the same seed gives the same texts in the same order, and another seed others", () => {
  const draw = (seed: string) => {
    const randomness = new Randomness(seededBytes(seed))
    return [randomness.base64url(2500), randomness.digits(10), randomness.integer(2000, 2600)]
  }
  expect(draw("one")).toEqual(draw("one"))
  expect(draw("one")).not.toEqual(draw("two"))
})

test("an integer reaches both of its bounds and never passes them", () => {
  const randomness = new Randomness(seededBytes("bounds"))
  const drawn = new Set(Array.from({ length: 200 }, () => randomness.integer(1, 3)))
  expect([...drawn].sort()).toEqual([1, 2, 3])
})
