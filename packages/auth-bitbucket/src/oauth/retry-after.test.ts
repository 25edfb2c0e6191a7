import fc from "fast-check"
import { expect, test } from "vitest"
import { parseRetryAfterSeconds } from "./retry-after.ts"

const now = new Date("2026-11-21T12:00:00Z")

test.each([
  ["120", 120],
  [" 120 ", 120],
  ["0", 1],
  ["00", 1],
  ["Sat, 21 Nov 2026 12:01:30 GMT", 90],
  ["Saturday, 21-Nov-26 12:01:30 GMT", 90],
  ["Sat Nov 21 12:01:30 2026", 90],
  ["Sat, 21 Nov 2026 12:00:00 GMT", 1],
  ["Sat, 21 Nov 2026 11:00:00 GMT", 1],
  ["1000000000", 900],
  ["9".repeat(400), 900],
  ["Fri, 01 Jan 2100 00:00:00 GMT", 900],
  ["-5", null],
  ["-1000000", null],
  ["1.5", null],
  ["1e3", null],
  ["0x10", null],
  ["NaN", null],
  ["Infinity", null],
  ["120, 240", null],
  ["2026-11-21T12:01:30Z", null],
  ["soon", null],
  ["", null],
  [" ", null],
  [null, null],
  [undefined, null],
])("Retry-After %j means %j seconds", (value, seconds) => {
  expect(parseRetryAfterSeconds(value, now)).toBe(seconds)
})

test("whatever a Retry-After says, the wait is whole seconds from 1 to 900, or not said", () => {
  const values = fc.oneof(
    fc.string(),
    fc.integer().map(String),
    fc.double().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  )
  fc.assert(
    fc.property(values, (value) => {
      const seconds = parseRetryAfterSeconds(value, now)
      if (seconds === null) return
      expect(Number.isInteger(seconds)).toBe(true)
      expect(seconds).toBeGreaterThanOrEqual(1)
      expect(seconds).toBeLessThanOrEqual(900)
    }),
  )
})
