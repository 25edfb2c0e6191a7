import { AsyncLocalStorage } from "node:async_hooks"
import { once } from "node:events"
import { stat } from "node:fs/promises"
import { setImmediate as turn } from "node:timers/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { systemClock, withDeadline as withConnectionDeadline } from "../connections/clock.ts"
import { withDeadline } from "./deadline.ts"

describe("work that takes too long", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }))
  afterEach(() => void vi.useRealTimers())

  test("hears of it when its time is up, and not before", async () => {
    const over = withDeadline(5_000, async (signal) => {
      await once(signal, "abort")
      throw signal.reason
    })
    const outcome = expect(over).rejects.toMatchObject({ name: "TimeoutError" })
    await vi.advanceTimersByTimeAsync(4_999)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    await outcome
  })

  test("leaves no timer behind if it ended in time, whether it failed or not", async () => {
    expect(await withDeadline(5_000, async () => "done")).toBe("done")
    await expect(withDeadline(5_000, () => Promise.reject(new Error("no")))).rejects.toThrow("no")
    expect(vi.getTimerCount()).toBe(0)
  })
})

test.each<[string, typeof withDeadline]>([
  ["a request", withDeadline],
  ["a connection", (deadlineMs, run) => withConnectionDeadline(systemClock, deadlineMs, run)],
])(
  "the deadline of %s counts what came in time, though the process was too busy to read it",
  async (_, within) => {
    const isLate = within(50, async (signal) => {
      await stat(".")
      return signal.aborted
    })
    const busyUntil = Date.now() + 1_000
    while (Date.now() < busyUntil);
    expect(await isLate).toBe(false)
  },
)

test("a request that has ended can be collected, even if it keeps the signal", async () => {
  setFlagsFromString("--expose-gc")
  const collectGarbage: () => void = runInNewContext("gc")
  const requests = new AsyncLocalStorage<{ signal?: AbortSignal }>()
  const seen: WeakRef<object>[] = []
  const serve = async () => {
    const request: { signal?: AbortSignal } = {}
    seen.push(new WeakRef(request))
    await requests.run(request, () =>
      withDeadline(60_000, async (signal) => {
        request.signal = signal
      }),
    )
  }
  for (let count = 0; count < 20; count++) await serve()
  await turn()
  collectGarbage()
  // The last one may still be on the stack.
  expect(seen.filter((request) => request.deref()).length).toBeLessThanOrEqual(1)
})
