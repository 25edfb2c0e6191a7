import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { authSecret, stubEnvironment } from "@/test/stub-environment"
import { type Flow, flowCookieName, flowId, flowsToForget, openFlow, readFlow, sealFlow } from "./flow-cookie"

const previousSecret = "another-secret-of-32-characters!"

beforeEach(() => stubEnvironment({ AUTH_SECRET_PREVIOUS: previousSecret }))
afterEach(() => vi.useRealTimers())

type Cookie = { name: string; value: string }

const flow = (changes: Partial<Flow> = {}): Flow => ({
  codeVerifier: "v".repeat(43),
  next: "/profile?q=~1&r=%C3%BC",
  startedAt: new Date(),
  ...changes,
})
const nameOf = (state: string) => flowCookieName(flowId(state))
const cookieOf = async (
  state: string,
  changes: Partial<Flow> = {},
  secret = authSecret,
): Promise<Cookie> => ({
  name: nameOf(state),
  value: await sealFlow(nameOf(state), flow(changes), secret),
})
const jarOf = (...cookies: Cookie[]) => ({
  get: (wanted: string) => cookies.find(({ name }) => name === wanted),
  getAll: () => cookies,
})

describe("a browser's memory of a sign-in", () => {
  test("opens for its own state only, and shows nothing of its contents", async () => {
    const cookie = await cookieOf("state")
    expect(await readFlow(jarOf(cookie), "state")).toEqual(flow({ startedAt: expect.any(Date) }))
    expect(await readFlow(jarOf({ ...cookie, name: nameOf("other") }), "other")).toBeUndefined()
    expect(await readFlow(jarOf(), "state")).toBeUndefined()
    expect(Buffer.from(cookie.value, "base64url").toString("latin1")).not.toContain("/profile")
  })

  test.each([
    "",
    "junk",
    "1~2~3~4",
    "a.b.c.d.e",
    "eyJhbGciOiJub25lIn0.e30.",
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0....",
  ])("is empty if its cookie is the junk %j", async (value) => {
    expect(await openFlow(nameOf("state"), value, [authSecret])).toBeUndefined()
  })

  test("opens with the secret before this one, and with no other", async () => {
    expect(await readFlow(jarOf(await cookieOf("state", {}, previousSecret)), "state")).toBeDefined()
    expect(await readFlow(jarOf(await cookieOf("state", {}, "x".repeat(32))), "state")).toBeUndefined()
  })

  test("expires after fifteen minutes, whatever a browser keeps", async () => {
    vi.useFakeTimers({ now: 1_767_225_600_000 })
    const cookie = await cookieOf("state")
    vi.advanceTimersByTime(15 * 60_000 - 1)
    expect(await readFlow(jarOf(cookie), "state")).toBeDefined()
    vi.advanceTimersByTime(1)
    expect(await readFlow(jarOf(cookie), "state")).toBeUndefined()
  })

  test("has a name that does not reveal its state", () => {
    expect(flowId("the-state")).toMatch(/^[A-Za-z0-9_-]{16}$/)
    expect(flowId("the-state")).not.toBe(flowId("the-statf"))
  })
})

describe("the sign-ins of a browser", () => {
  test("are at most twelve: the oldest go when another starts, and so do those that do not open", async () => {
    const now = Date.now()
    const cookies = await Promise.all(
      [5, 12, 3, 4, 1, 2, 11, 10, 9, 8, 7, 6, 13].map((age) =>
        cookieOf(`${age} s ago`, { startedAt: new Date(now - age * 1_000) }),
      ),
    )
    const added = await cookieOf("now")
    const junk = { name: nameOf("junk"), value: "junk" }
    const forgotten = await flowsToForget(jarOf(junk, ...cookies, { name: "other", value: "x" }), added)
    expect(forgotten.sort()).toEqual([nameOf("12 s ago"), nameOf("13 s ago"), junk.name].sort())
    expect(await flowsToForget(jarOf(...cookies.slice(0, 3)), added)).toEqual([])
  })

  test("take less than 4 kB together, wherever they lead", async () => {
    for (const next of ["/profile", `/${"a".repeat(300)}`, `/${"%F0".repeat(341)}`]) {
      let kept: Cookie[] = []
      for (let index = 0; index < 20; index++) {
        const added = await cookieOf(`${next} ${index}`, { next })
        const forgotten = await flowsToForget(jarOf(...kept), added)
        kept = [...kept.filter(({ name }) => !forgotten.includes(name)), added]
        expect(kept.map(({ name, value }) => `${name}=${value}`).join("; ").length).toBeLessThan(3_500)
      }
      expect(kept.length, next).toBeGreaterThanOrEqual(next === "/profile" ? 12 : 1)
    }
  })
})
