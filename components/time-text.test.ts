import { describe, expect, test } from "vitest"
import { dateText, instantText, relativeText } from "./time-text"

const now = new Date("2026-11-19T14:05:00Z")

describe("an instant in words", () => {
  test("reads the same wherever the server stands", () => {
    expect(instantText(now)).toBe("19 November 2026, 14:05 UTC")
    expect(dateText(new Date("2020-01-01T23:59:59+00:00"))).toBe("1 January 2020")
  })

  test.each([
    [30, "in a moment"],
    [-30, "just now"],
    [-3 * 60, "3 minutes ago"],
    [100 * 60, "in 100 minutes"],
    [119 * 60, "in 2 hours"],
    [-119 * 60, "2 hours ago"],
    [-26 * 60 * 60, "yesterday"],
    [5 * 60 * 60, "in 5 hours"],
    [-45 * 24 * 60 * 60, "45 days ago"],
    [-400 * 24 * 60 * 60, "last year"],
  ])("%s seconds from now reads as %s", (seconds, text) => {
    expect(relativeText(new Date(now.getTime() + seconds * 1_000), now)).toBe(text)
  })
})
