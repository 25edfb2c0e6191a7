import { describe, expect, test } from "vitest"
import { connectionState } from "./connection-state.ts"

const standing = (overrides: Partial<Parameters<typeof connectionState>[0]> = {}) => ({
  status: "active" as const,
  remainingSeconds: 3_600,
  isLeased: false,
  ...overrides,
})

describe("the state of a connection", () => {
  test.each([
    ["connected", standing()],
    ["renewing", standing({ isLeased: true })],
    ["waiting", standing({ remainingSeconds: -1 })],
    ["ending", standing({ status: "ended" })],
    ["ended", standing({ status: "ended", remainingSeconds: -1 })],
  ])("is %s", (state, connection) => {
    expect(connectionState(connection)).toBe(state)
  })
})
