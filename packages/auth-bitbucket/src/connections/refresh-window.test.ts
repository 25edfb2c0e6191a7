import { expect, test } from "vitest"
import { refreshWindowSeconds } from "./refresh-window.ts"

const ids = Array.from(
  { length: 500 },
  (_, index) => `00000000-0000-4000-8000-${index.toString(16).padStart(12, "0")}`,
)

test("a two-hour token is refreshed between five and seven minutes before its expiry", () => {
  const windows = ids.map((id) => refreshWindowSeconds(id, 7_200))
  expect(Math.min(...windows)).toBeGreaterThanOrEqual(300)
  expect(Math.max(...windows)).toBeLessThan(420)
})

test("connections that were made together are not refreshed together", () => {
  expect(new Set(ids.map((id) => refreshWindowSeconds(id, 7_200))).size).toBeGreaterThan(400)
})

test("a token of a minute is not refreshed at every use", () => {
  expect(refreshWindowSeconds(ids[0] ?? "", 60)).toBeLessThan(10)
})
