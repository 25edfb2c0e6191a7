import { expect, test } from "vitest"
import { Randomness, seededBytes, seededFractions } from "./randomness.ts"

test.each([1, 18, 2000, 2001, 2002, 2003, 2600])("base64url text has exactly %i characters", (length) => {
  expect(new Randomness().base64url(length)).toMatch(new RegExp(`^[A-Za-z0-9_-]{${length}}$`))
})

test("two texts are never the same", () => {
  const randomness = new Randomness()
  expect(randomness.alphanumeric(18)).not.toBe(randomness.alphanumeric(18))
})

test("the same seed gives the same texts in the same order, and another seed gives others", () => {
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

test("seeded fractions cover the range from 0 to 1, and repeat for the same seed", () => {
  const draw = (seed: number) => Array.from({ length: 1000 }, seededFractions(seed))
  const fractions = draw(1)
  expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...fractions)).toBeLessThan(1)
  expect(fractions.filter((fraction) => fraction < 0.5).length).toBeGreaterThan(430)
  expect(fractions.filter((fraction) => fraction < 0.5).length).toBeLessThan(570)
  expect(draw(1)).toEqual(fractions)
  expect(draw(2)).not.toEqual(fractions)
})
