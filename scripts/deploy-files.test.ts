import { spawn } from "node:child_process"
import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, test } from "vitest"

const linesOf = async (file: string) => (await readFile(file, "utf8")).split("\n").filter(Boolean)

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

test("no file that git ignores gets into an image, and neither does .git", async () => {
  const ignored = await linesOf(".dockerignore")
  expect(ignored).toContain(".git/")
  for (const line of await linesOf(".gitignore")) expect(ignored).toContain(line)
})

test("the image's health check passes for a ready server, and for no other", async () => {
  const step = (await linesOf("Dockerfile")).find((line) => line.startsWith("HEALTHCHECK ")) ?? ""
  const [program = "", ...options] = JSON.parse(step.slice(step.indexOf("CMD ") + 4)) as string[]
  expect(program).toBe("node")
  let status = 200
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve)
  })
  const PORT = String((server.address() as AddressInfo).port)
  const check = () =>
    new Promise<number | null>((resolve) => {
      spawn(process.execPath, options, { env: { NODE_ENV: "production", PORT } }).once("close", resolve)
    })
  expect(await check()).toBe(0)
  status = 503
  expect(await check()).toBe(1)
  expect(asked).toEqual(["GET /api/health", "GET /api/health"])
  await new Promise((resolve) => server.close(resolve))
  expect(await check()).toBe(1)
})
