import { AsyncLocalStorage } from "node:async_hooks"
import { once } from "node:events"
import { stat } from "node:fs/promises"
import { setImmediate as turn } from "node:timers/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { expect, test } from "vitest"
import { systemClock, withDeadline } from "./clock.ts"

test("work that takes too long is told when its time is up", async () => {
  const startedAt = performance.now()
  const over = withDeadline(systemClock, 50, async (signal) => {
    await once(signal, "abort")
    throw signal.reason
  })
  await expect(over).rejects.toMatchObject({ name: "TimeoutError" })
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(49)
})

test("the deadline counts what came in time, though the process was too busy to read it", async () => {
  const isLate = withDeadline(systemClock, 50, async (signal) => {
    await stat(".")
    return signal.aborted
  })
  const busyUntil = Date.now() + 1_000
  while (Date.now() < busyUntil);
  expect(await isLate).toBe(false)
})

test("a request that has ended can be collected, even if it keeps the signal", async () => {
  setFlagsFromString("--expose-gc")
  const collectGarbage: () => void = runInNewContext("gc")
  const requests = new AsyncLocalStorage<{ signal?: AbortSignal }>()
  const seen: WeakRef<object>[] = []
  const serve = async () => {
    const request: { signal?: AbortSignal } = {}
    seen.push(new WeakRef(request))
    await requests.run(request, () =>
      withDeadline(systemClock, 60_000, async (signal) => {
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
