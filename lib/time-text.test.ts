import { describe, expect, it } from "vitest"
import { dateText, instantText, relativeText } from "./time-text"

const now = new Date("2026-11-19T14:05:00Z")
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000)

describe("an instant in words", () => {
  it("reads the same wherever the server stands", () => {
    expect(instantText(now)).toBe("19 November 2026, 14:05 UTC")
    expect(dateText(new Date("2020-01-01T23:59:59+00:00"))).toBe("1 January 2020")
  })

  it.each([
    [at(30), "in a moment"],
    [at(-30), "just now"],
    [at(-3 * 60), "3 minutes ago"],
    [at(115 * 60), "in 115 minutes"],
    [at(-26 * 60 * 60), "yesterday"],
    [at(5 * 60 * 60), "in 5 hours"],
    [at(-45 * 24 * 60 * 60), "45 days ago"],
    [at(-400 * 24 * 60 * 60), "last year"],
  ])("says how far away it is", (instant, text) => {
    expect(relativeText(instant, now)).toBe(text)
  })
})
