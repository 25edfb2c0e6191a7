import { once } from "node:events"
import { stat } from "node:fs/promises"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { timeBudgetSignal, waitAtMost, withinTimeBudget } from "./time-budget"

describe("calls that take too long", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }))
  afterEach(() => void vi.useRealTimers())

  test("end when their time is up, and not before", async () => {
    const over = withinTimeBudget(async () => {
      const signal = timeBudgetSignal()
      if (signal) await once(signal, "abort")
      throw signal?.reason
    }, 5_000)
    const outcome = expect(over).rejects.toMatchObject({ name: "TimeoutError" })
    await vi.advanceTimersByTimeAsync(4_999)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    await outcome
  })

  test("are no longer waited for, and what they throw later does not matter", async () => {
    let fail = () => {}
    const late = new Promise<string>((_, reject) => {
      fail = () => reject(new Error("too late"))
    })
    const waited = waitAtMost(5_000, late, () => "gave up")
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await waited).toBe("gave up")
    fail()
  })

  test("leave no timer behind if they ended in time, whether they failed or not", async () => {
    expect(await withinTimeBudget(async () => "done")).toBe("done")
    await expect(withinTimeBudget(() => Promise.reject(new Error("no")))).rejects.toThrow("no")
    expect(await waitAtMost(5_000, Promise.resolve("done"), () => "gave up")).toBe("done")
    expect(vi.getTimerCount()).toBe(0)
  })
})

test("the time budget counts what came in time, though the process was too busy to read it", async () => {
  const isLate = withinTimeBudget(async () => {
    await stat(".")
    return timeBudgetSignal()?.aborted
  }, 50)
  const busyUntil = Date.now() + 1_000
  while (Date.now() < busyUntil);
  expect(await isLate).toBe(false)
})
