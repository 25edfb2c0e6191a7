import { expect, test } from "vitest"
import { parseRetryAfterSeconds } from "./retry-after"

const now = new Date("2026-11-21T12:00:00Z")

test.each([
  ["120", 120],
  ["0", 0],
  ["Sat, 21 Nov 2026 12:01:30 GMT", 90],
  ["Sat, 21 Nov 2026 11:00:00 GMT", 0],
  ["1000000000", 900],
  ["Fri, 01 Jan 2100 00:00:00 GMT", 900],
  ["soon", null],
  ["", null],
  [null, null],
])("Retry-After %j means %j seconds", (value, seconds) => {
  expect(parseRetryAfterSeconds(value, now)).toBe(seconds)
})
