import { beforeEach, expect, onTestFinished, test, vi } from "vitest"
import { stubEnvironment } from "@/test/stub-environment"
import { createReadiness, type Obstacle } from "./readiness"

const down = { code: "database_unreachable", reason: "ECONNREFUSED" } as const

let nowMs: number

beforeEach(() => {
  nowMs = 0
  stubEnvironment({ LOG_LEVEL: "silent" })
})

/** A server whose obstacle a test decides, and how often it was looked for. */
function serverWith(obstacle: Obstacle) {
  const state = { obstacle, findings: 0 }
  const find = async () => {
    state.findings++
    return state.obstacle
  }
  return Object.assign(state, { isReady: createReadiness(find, () => nowMs) })
}

/** A server whose database answers when a test says so. */
function slowServer() {
  const waiting: ((obstacle: Obstacle) => void)[] = []
  const find = () => new Promise<Obstacle>((resolve) => waiting.push(resolve))
  return {
    isReady: createReadiness(find, () => nowMs),
    answer: (obstacle: Obstacle) => waiting.at(-1)?.(obstacle),
    countFindings: () => waiting.length,
  }
}

test("a thousand probes within a second ask the database once", async () => {
  const server = serverWith(null)
  const answers = await Promise.all(Array.from({ length: 500 }, server.isReady))
  nowMs = 999
  for (let probe = 0; probe < 500; probe++) answers.push(await server.isReady())
  expect([new Set(answers), server.findings]).toEqual([new Set([true]), 1])
})

test("an answer is at most one second old, whether it was good or bad", async () => {
  const server = serverWith(null)
  expect(await server.isReady()).toBe(true)
  server.obstacle = down
  nowMs = 1_000
  expect(await server.isReady()).toBe(false)
  server.obstacle = null
  nowMs = 1_999
  expect(await server.isReady()).toBe(false)
  nowMs = 2_000
  expect(await server.isReady()).toBe(true)
  expect(server.findings).toBe(3)
})

test("the second counts from when the database was asked, not from when it answered", async () => {
  const { isReady, answer, countFindings } = slowServer()
  const first = isReady()
  nowMs = 900
  answer(null)
  expect(await first).toBe(true)
  nowMs = 1_000
  const second = isReady()
  expect(countFindings()).toBe(2)
  answer(down)
  expect(await second).toBe(false)
})

test("a slow database is not ready yet, is asked only once in the meantime, and is ready when it answers", async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { isReady, answer, countFindings } = slowServer()
  const early = [isReady(), isReady()]
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await Promise.all(early)).toEqual([false, false])
  nowMs = 6_000
  const later = isReady()
  answer(null)
  expect([await later, countFindings()]).toEqual([true, 1])
})
