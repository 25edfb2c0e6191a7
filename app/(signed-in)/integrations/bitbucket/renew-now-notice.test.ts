import { expect, test } from "vitest"
import { outcomeThatHolds } from "./renew-now-notice"

const standing = (ageSeconds: number, overrides: Partial<Parameters<typeof outcomeThatHolds>[1]> = {}) => ({
  status: "active" as const,
  failures: 0,
  isLeased: false,
  lifetimeSeconds: 7_200,
  remainingSeconds: 7_200 - ageSeconds,
  ...overrides,
})

test.each(["renewed", "fresh"])("%s is said of a token of less than a minute", (word) => {
  expect(outcomeThatHolds(word, standing(59))).toBe(word)
  expect(outcomeThatHolds(word, standing(61))).toBeNull()
  expect(outcomeThatHolds(word, standing(5, { status: "ended" }))).toBeNull()
  expect(outcomeThatHolds(word, standing(5, { lifetimeSeconds: 5, remainingSeconds: 0 }))).toBeNull()
})

test("later is said while renewals fail or somebody is at it", () => {
  expect(outcomeThatHolds("later", standing(900, { failures: 1 }))).toBe("later")
  expect(outcomeThatHolds("later", standing(900, { isLeased: true }))).toBe("later")
  expect(outcomeThatHolds("later", standing(900))).toBeNull()
})

test("ended is said of what is dead", () => {
  expect(outcomeThatHolds("ended", standing(900, { status: "ended" }))).toBe("ended")
  expect(outcomeThatHolds("ended", standing(900))).toBeNull()
})

test.each([undefined, "", "toString", ["renewed"]])("%j is no outcome", (word) => {
  expect(outcomeThatHolds(word, standing(5))).toBeNull()
})
