import { describe, expect, test } from "vitest"
import { backOffSeconds } from "./back-off.ts"

const failure = { isOperatorFault: false, failures: 0, remainingSeconds: 100, retryAfterSeconds: null }
const longest = (overrides: Partial<typeof failure>) =>
  backOffSeconds({ ...failure, ...overrides }, () => 0.999_999)

describe("the back-off after a failed refresh", () => {
  test("starts below a second and grows with each failure", () => {
    const steps = [0, 1, 2, 3].map((failures) => longest({ failures }).toFixed(1))
    expect(steps).toEqual(["0.7", "1.2", "2.2", "4.2"])
  })

  test("stays within half a minute while the token lives", () => {
    expect(longest({ failures: 50 })).toBeCloseTo(30.2, 2)
  })

  test("stays within five seconds once people wait for it", () => {
    expect(longest({ failures: 50, remainingSeconds: 0 })).toBeCloseTo(5.2, 2)
  })

  test("is never shorter than Bitbucket asked for", () => {
    expect(backOffSeconds({ ...failure, remainingSeconds: 0, retryAfterSeconds: 120 }, () => 0)).toBe(120)
  })

  test("is never zero, so that servers do not ask in step", () => {
    expect(backOffSeconds(failure, () => 0)).toBeGreaterThan(0)
  })

  test("ends within half a minute after an operator has corrected the client", () => {
    for (const failures of [0, 1, 50])
      expect(longest({ isOperatorFault: true, failures, remainingSeconds: -1 })).toBe(15)
  })

  test("respects Bitbucket's wish even if it refuses the client", () => {
    const refusal = { ...failure, isOperatorFault: true, retryAfterSeconds: 120 }
    expect(backOffSeconds(refusal)).toBe(120)
  })
})
