import { expect, test } from "vitest"
import { outcomeThatHolds } from "./refresh-outcome-notice"

const connection = (ageSeconds: number, overrides: Partial<Parameters<typeof outcomeThatHolds>[1]> = {}) => ({
  status: "active" as const,
  failures: 0,
  isLeased: false,
  lifetimeSeconds: 7_200,
  remainingSeconds: 7_200 - ageSeconds,
  ...overrides,
})

test.each(["refreshed", "fresh"])(
  "the page says %s only while the token is less than a minute old",
  (word) => {
    expect(outcomeThatHolds(word, connection(59))).toBe(word)
    expect(outcomeThatHolds(word, connection(61))).toBeNull()
    expect(outcomeThatHolds(word, connection(5, { status: "ended" }))).toBeNull()
    expect(outcomeThatHolds(word, connection(5, { lifetimeSeconds: 5, remainingSeconds: 0 }))).toBeNull()
  },
)

test("the page says later while refreshes fail or one is under way", () => {
  expect(outcomeThatHolds("later", connection(900, { failures: 1 }))).toBe("later")
  expect(outcomeThatHolds("later", connection(900, { isLeased: true }))).toBe("later")
  expect(outcomeThatHolds("later", connection(900))).toBeNull()
})

test("the page says ended only of a connection that has ended", () => {
  expect(outcomeThatHolds("ended", connection(900, { status: "ended" }))).toBe("ended")
  expect(outcomeThatHolds("ended", connection(900))).toBeNull()
})

test.each([undefined, "", "toString", ["refreshed"]])("%j is not an outcome", (word) => {
  expect(outcomeThatHolds(word, connection(5))).toBeNull()
})
