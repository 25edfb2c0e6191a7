import { describe, expect, test } from "vitest"
import { type RefreshAnswer, type RefreshWorld, readRefreshAnswer, startRefreshTimer } from "./refresh-timer"

const LEAD_MS = 120_000

/** A browser with its own clock and some tabs. While it sleeps, it runs no timers. */
class Browser {
  now = 0
  asked = 0
  answer: RefreshAnswer = { kind: "refreshed", expiresAt: 0 }
  #timers: { at: number; run: () => void }[] = []
  #lock: Promise<void> | undefined
  readonly tabs: ReturnType<typeof startRefreshTimer>[] = []

  open(expiresAt: number): ReturnType<typeof startRefreshTimer> {
    const world: RefreshWorld = {
      now: () => this.now,
      schedule: (run, delayMs) => {
        const timer = { at: this.now + delayMs, run }
        this.#timers.push(timer)
        return () => {
          this.#timers = this.#timers.filter((other) => other !== timer)
        }
      },
      ask: async () => {
        this.asked++
        return this.answer
      },
      onlyOneTab: async (run) => {
        if (this.#lock !== undefined) return
        this.#lock = run().finally(() => {
          this.#lock = undefined
        })
        await this.#lock
      },
      tellOtherTabs: (refreshedUntil) => {
        for (const other of this.tabs) if (other !== tab) other.hear(refreshedUntil)
      },
    }
    const tab = startRefreshTimer(world, expiresAt, LEAD_MS)
    this.tabs.push(tab)
    return tab
  }

  async pass(ms: number): Promise<void> {
    const end = this.now + ms
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (!next) break
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.now = Math.max(this.now, next.at)
      next.run()
      await settle()
    }
    this.now = end
  }

  /** Time passes, no timer runs; then all of them are late at once. */
  async sleep(ms: number): Promise<void> {
    this.now += ms
    for (const tab of this.tabs) tab.wake()
    await settle()
    await this.pass(0)
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))
const TWO_HOURS = 7_200_000

describe("while a page is open", () => {
  test("the page asks shortly before the token expires, and again two hours later", async () => {
    const browser = new Browser()
    browser.answer = { kind: "refreshed", expiresAt: 2 * TWO_HOURS }
    browser.open(TWO_HOURS)
    await browser.pass(TWO_HOURS - LEAD_MS - 1)
    expect(browser.asked).toBe(0)
    await browser.pass(2)
    expect(browser.asked).toBe(1)
    await browser.pass(TWO_HOURS - 1_000)
    expect(browser.asked).toBe(1)
    await browser.pass(1_000)
    expect(browser.asked).toBe(2)
  })

  test("five tabs ask once between them", async () => {
    const browser = new Browser()
    browser.answer = { kind: "refreshed", expiresAt: 2 * TWO_HOURS }
    for (let tab = 0; tab < 5; tab++) browser.open(TWO_HOURS)
    await browser.pass(TWO_HOURS)
    expect(browser.asked).toBe(1)
  })

  test("a laptop that slept three hours with five tabs asks once when it wakes", async () => {
    const browser = new Browser()
    browser.answer = { kind: "refreshed", expiresAt: 3 * TWO_HOURS }
    for (let tab = 0; tab < 5; tab++) browser.open(TWO_HOURS)
    await browser.sleep(3 * 60 * 60 * 1000)
    await browser.pass(60_000)
    expect(browser.asked).toBe(1)
  })

  test("coming back to the page early sends no request", async () => {
    const browser = new Browser()
    const tab = browser.open(TWO_HOURS)
    for (let focus = 0; focus < 20; focus++) tab.wake()
    await browser.pass(1_000)
    expect(browser.asked).toBe(0)
  })

  test("if the app says when to come back, the page asks then, and not before", async () => {
    const browser = new Browser()
    browser.answer = { kind: "later", delayMs: 40_000 }
    browser.open(LEAD_MS)
    await browser.pass(39_999)
    expect(browser.asked).toBe(1)
    await browser.pass(2)
    expect(browser.asked).toBe(2)
  })

  test("if the app has nothing to refresh, the page does not ask in a loop", async () => {
    const browser = new Browser()
    browser.answer = { kind: "refreshed", expiresAt: 1_000 }
    browser.open(1_000)
    await browser.pass(60_000)
    expect(browser.asked).toBeLessThanOrEqual(5)
  })

  test("if the person has to sign in again, the page stops asking", async () => {
    const browser = new Browser()
    browser.answer = { kind: "never" }
    browser.open(0)
    await browser.pass(TWO_HOURS)
    expect(browser.asked).toBe(1)
  })

  test("a closed page stops asking", async () => {
    const browser = new Browser()
    browser.open(TWO_HOURS).stop()
    await browser.pass(TWO_HOURS)
    expect(browser.asked).toBe(0)
  })

  test.each([
    "0",
    "-1",
    "-1000",
    "",
    " ",
    "NaN",
    "1e-9",
    "soon",
    "Sat, 21 Nov 2026 11:00:00 GMT",
    "9".repeat(400),
    undefined,
  ])("after a 503 with Retry-After %j, the page asks again, at most once a second", async (value) => {
    const browser = new Browser()
    const headers = value === undefined ? {} : { "retry-after": value }
    browser.answer = await readRefreshAnswer(new Response("{}", { status: 503, headers }))
    browser.open(LEAD_MS)
    await browser.pass(60_000)
    expect(browser.asked).toBeGreaterThanOrEqual(1)
    expect(browser.asked).toBeLessThanOrEqual(61)
    await browser.pass(15 * 60_000)
    expect(browser.asked).toBeGreaterThanOrEqual(2)
  })

  test.each([
    ["a page", "<html></html>"],
    ["nothing", ""],
    ["null", "null"],
    ["no time", "{}"],
    ["a time that is not one", '{"expiresAt":"soon"}'],
  ])(
    "a 200 with %s in it does not count as a refresh, and the page pauses before it asks again",
    async (_, body) => {
      const answer = await readRefreshAnswer(new Response(body))
      expect(answer).toEqual({ kind: "later", delayMs: 30_000 })
    },
  )

  test("if the app does not answer, the page asks again after half a minute", async () => {
    expect(await readRefreshAnswer(undefined)).toEqual({ kind: "later", delayMs: 30_000 })
  })

  test("a message from another tab without a time changes nothing", async () => {
    const browser = new Browser()
    browser.answer = { kind: "refreshed", expiresAt: 2 * TWO_HOURS }
    const tab = browser.open(TWO_HOURS)
    tab.hear(Number.NaN)
    await browser.pass(TWO_HOURS - LEAD_MS - 1)
    expect(browser.asked).toBe(0)
    await browser.pass(2)
    expect(browser.asked).toBe(1)
  })
})
