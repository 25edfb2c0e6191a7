import { afterEach, beforeEach, expect, type MockInstance, vi } from "vitest"

let consoleError: MockInstance

beforeEach(() => {
  consoleError = vi.spyOn(console, "error")
})

afterEach(() => {
  expect(consoleError).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})
