import { beforeAll, describe, expect, test } from "vitest"
import { stubEnvironment } from "@/test/stub-environment"
import { type Flow, flowCookieName, flowId, flowsToForget, readFlows, writeFlow } from "./flow-cookie"

beforeAll(() => {
  stubEnvironment()
})

const parts = {
  state: "a.b.c",
  pkceCodeVerifier: "d.e.f",
  callbackUrl: "https://app.example/profile?q=~1&r=ü",
}
const flow = (id: string, startedAt: number): Flow => ({ id, startedAt, parts })
const jarOf = (...pairs: [string, string][]) => ({
  getAll: () => pairs.map(([name, value]) => ({ name, value })),
})
const cookieOf = (one: Flow): [string, string] => [flowCookieName(one.id), writeFlow(one)]

describe("the flows of a browser", () => {
  test("come back as they were written, oldest first", () => {
    const jar = jarOf(cookieOf(flow("b", 2)), ["other", "x"], cookieOf(flow("a", 1)))
    expect(readFlows(jar)).toEqual([flow("a", 1), flow("b", 2)])
  })

  test.each(["", "junk", "1~2", "1~2~3", "1~~~"])("survive the junk %j under their name", (value) => {
    expect(readFlows(jarOf([flowCookieName("junk"), value], cookieOf(flow("a", 1))))).toEqual([flow("a", 1)])
  })

  test("are four at the most: the oldest go when another starts", () => {
    const jar = jarOf(...[5, 3, 4, 1, 2].map((at) => cookieOf(flow(String(at), at))))
    expect(flowsToForget(jar)).toEqual(["1", "2"])
    expect(flowsToForget(jarOf(cookieOf(flow("a", 1))))).toEqual([])
  })

  test("stay below the size of a cookie with the longest path that is kept", () => {
    const longest = { ...parts, callbackUrl: `https://app.example/${"%F0".repeat(340)}` }
    const value = writeFlow({
      id: "x",
      startedAt: Date.now(),
      parts: { ...longest, state: "s".repeat(900), pkceCodeVerifier: "p".repeat(600) },
    })
    expect(encodeURIComponent(value).length).toBeLessThan(4_000)
  })

  test("have a name that tells nothing of their state", () => {
    expect(flowId("the-state")).toMatch(/^[A-Za-z0-9_-]{16}$/)
    expect(flowId("the-state")).not.toBe(flowId("the-statf"))
  })
})
