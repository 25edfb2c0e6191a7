import { afterEach, expect, test, vi } from "vitest"
import { Clock } from "./clock.ts"

afterEach(() => {
  vi.useRealTimers()
})

test("an advanced clock is ahead of the wall clock by that much and keeps running", () => {
  vi.useFakeTimers({ now: 1_000_000 })
  const clock = new Clock()
  clock.advance(7_200_000)
  expect(clock.now()).toBe(8_200_000)
  vi.advanceTimersByTime(5)
  expect(clock.now()).toBe(8_200_005)
})

test("a frozen clock stands still, can be advanced, and resumes from where it stopped", () => {
  vi.useFakeTimers({ now: 1_000_000 })
  const clock = new Clock()
  clock.freeze()
  vi.advanceTimersByTime(60_000)
  expect(clock.now()).toBe(1_000_000)
  clock.advance(1)
  expect(clock.now()).toBe(1_000_001)
  clock.resume()
  vi.advanceTimersByTime(10)
  expect(clock.now()).toBe(1_000_011)
})

test("a reset clock is the wall clock again", () => {
  vi.useFakeTimers({ now: 1_000_000 })
  const clock = new Clock()
  clock.advance(-5)
  clock.freeze()
  clock.reset()
  vi.advanceTimersByTime(7)
  expect(clock.now()).toBe(1_000_007)
})

test("no control call changes the wall clock", () => {
  const clock = new Clock()
  clock.advance(86_400_000)
  clock.freeze()
  expect(Math.abs(clock.wallNow() - Date.now())).toBeLessThan(1000)
})
