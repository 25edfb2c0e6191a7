import { describe, expect, test } from "vitest"
import { connectionState } from "./connection-state.ts"

const connection = (overrides: Partial<Parameters<typeof connectionState>[0]> = {}) => ({
  status: "active" as const,
  remainingSeconds: 3_600,
  isLeased: false,
  ...overrides,
})

describe("the state of a connection", () => {
  test.each([
    ["connected", connection()],
    ["refreshing", connection({ isLeased: true })],
    ["waiting", connection({ remainingSeconds: -1 })],
    ["ending", connection({ status: "ended" })],
    ["ended", connection({ status: "ended", remainingSeconds: -1 })],
  ])("is %s", (state, connection) => {
    expect(connectionState(connection)).toBe(state)
  })
})
