import { KNOWN_RESERVED_PORTS } from "next/dist/lib/helpers/get-reserved-port"
import { expect, it } from "vitest"
import { freePort, SERVER_PORTS } from "./server-process"

it("a server never takes a port that browsers, fetch and Next refuse", () => {
  const refused = Object.keys(KNOWN_RESERVED_PORTS).map(Number)
  expect(refused).toContain(10_080)
  expect(refused.filter((port) => port >= SERVER_PORTS.first && port <= SERVER_PORTS.last)).toEqual([])
})

it("a free port is one of those", async () => {
  const port = await freePort()
  expect(port).toBeGreaterThanOrEqual(SERVER_PORTS.first)
  expect(port).toBeLessThanOrEqual(SERVER_PORTS.last)
})
