import { expect, test } from "vitest"
import { measureTokenRate } from "../bench/token-rate.ts"
import { obtainTokens, refresh } from "./oauth-client.ts"
import { withEmulator } from "./with-emulator.ts"

const emulator = withEmulator()

test("token requests are answered at half the rate of a bare Hono route, or better", async () => {
  const { ratio } = await measureTokenRate({ rounds: 9, roundMs: 100 })
  expect(ratio).toBeGreaterThanOrEqual(0.5)
}, 30_000)

test("two weeks pass in milliseconds, and the refresh token of before still works", async () => {
  const { control } = emulator.current
  const { refreshToken } = await obtainTokens(emulator.current)
  const before = await control.readClock()
  const startedAt = performance.now()
  const after = await control.advanceClock("14d")
  expect(performance.now() - startedAt).toBeLessThan(100)
  expect(Date.parse(after.now) - Date.parse(before.now)).toBeGreaterThanOrEqual(14 * 24 * 3_600_000)
  expect((await refresh(emulator.current, refreshToken)).status).toBe(200)
})
