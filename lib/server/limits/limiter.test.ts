import { afterEach, describe, expect, test, vi } from "vitest"
import { openDatabase } from "@/lib/db/client"
import { createTestDatabase, createTestDatabaseUrl } from "@/test/database"
import { type CountingDatabase, createSharedLimiter } from "./limiter"

vi.mock("@/lib/server/log", () => ({ log: { warn: vi.fn() } }))

afterEach(() => vi.useRealTimers())

describe("a limit that servers share", () => {
  test("allows a number of requests per minute for all servers together, and says how long to wait", async () => {
    const url = await createTestDatabaseUrl()
    const servers = [openDatabase(url), openDatabase(url)]
    const limiters = servers.map(({ pool }) => createSharedLimiter(pool, 6))
    const waits = []
    for (let request = 0; request < 8; request++) waits.push(await limiters[request % 2]?.consume("k"))
    expect(waits.slice(0, 6)).toEqual(Array(6).fill(null))
    for (const wait of waits.slice(6)) {
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(60)
    }
    expect(await limiters[0]?.consume("another")).toBeNull()
    await Promise.all(servers.map(({ close }) => close()))
  })

  test("does not ask the database about a key above its limit", async () => {
    const { pool, close } = openDatabase((await createTestDatabase()).url)
    const query = vi.spyOn(pool as CountingDatabase, "query")
    const limiter = createSharedLimiter(pool, 3)
    for (let request = 0; request < 1_000; request++) await limiter.consume("flood")
    expect(query).toHaveBeenCalledTimes(3)
    await close()
  })

  test("continues in each server separately while the database fails", async () => {
    const limiter = createSharedLimiter({ query: () => Promise.reject(new Error("down")) }, 2)
    expect(await limiter.consume("k")).toBeNull()
    expect(await limiter.consume("k")).toBeNull()
    expect(await limiter.consume("k")).toBeGreaterThan(0)
  })

  test("waits half a second for a database that does not answer, and no longer", async () => {
    vi.useFakeTimers()
    const limiter = createSharedLimiter({ query: () => new Promise(() => undefined) }, 2)
    const outcome = limiter.consume("k")
    await vi.advanceTimersByTimeAsync(500)
    expect(await outcome).toBeNull()
  })

  test("refuses nothing if it is switched off", async () => {
    const query = vi.fn()
    const limiter = createSharedLimiter({ query }, 0)
    expect(await limiter.consume("k")).toBeNull()
    expect(query).not.toHaveBeenCalled()
  })
})
