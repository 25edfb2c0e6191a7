import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"

const [unit, nginx, guide] = await Promise.all(
  ["deploy/sign-in-with-bitbucket@.service", "deploy/nginx.conf", "docs/deployment.md"].map((file) =>
    readFile(file, "utf8"),
  ),
)

const numbersIn = (text = "", pattern: RegExp) =>
  [...text.matchAll(pattern)].flatMap(([, ...groups]) => groups.map(Number))

test("the systemd unit, nginx and the guide mean the same two servers", () => {
  const ports = numbersIn(nginx, /server 127\.0\.0\.1:(\d+)/g)
  expect(ports).toEqual([3001, 3002])
  expect(numbersIn(unit, /sign-in-with-bitbucket@(\d+) sign-in-with-bitbucket@(\d+)/g)).toEqual(ports)
  expect(numbersIn(guide, /on ports (\d+) and (\d+)/g)).toEqual(ports)
})

test("the systemd unit drains for as long as the guide says, which is longer than nginx keeps a connection", () => {
  const [drain = 0] = numbersIn(unit, /^Environment=DRAIN_SECONDS=(\d+)$/gm)
  expect(numbersIn(guide, /DRAIN_SECONDS=(\d+)/g)).toEqual([drain, drain])
  const [kept = 0] = numbersIn(nginx, /keepalive_timeout (\d+)s/g)
  expect(drain).toBeGreaterThan(kept)
})

test("systemd waits 10 seconds longer than the drain before it kills, as the guide asks of every process manager", () => {
  expect(guide).toContain("period 10 seconds longer")
  const [drain = 0] = numbersIn(unit, /^Environment=DRAIN_SECONDS=(\d+)$/gm)
  expect(numbersIn(unit, /^TimeoutStopSec=(\d+)$/gm)).toEqual([drain + 10])
})
