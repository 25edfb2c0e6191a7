import { expect, test } from "vitest"
import { durationPattern, parseDuration } from "./duration.ts"

test.each([
  ["250ms", 250],
  ["2h", 7_200_000],
  ["1h30m", 5_400_000],
  ["91d", 7_862_400_000],
  ["-5m", -300_000],
])("%s is %i milliseconds", (text, milliseconds) => {
  expect(text).toMatch(durationPattern)
  expect(parseDuration(text)).toBe(milliseconds)
})

test.each(["", "2", "2 h", "h", "1.5h", "2h later", "--1h"])("%j is not a duration", (text) => {
  expect(text).not.toMatch(durationPattern)
})
