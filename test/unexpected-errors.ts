import { afterEach, beforeEach, expect, vi } from "vitest"

/** What is written to console.error is a defect, unless the test that provokes it says so. */
beforeEach(() => {
  vi.spyOn(console, "error")
})

afterEach(() => {
  expect(vi.mocked(console.error).mock.calls).toEqual([])
  vi.restoreAllMocks()
})
