import { spawn } from "node:child_process"
import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, test } from "vitest"
import { compareVersions } from "./version-floor"

const linesOf = async (file: string) => (await readFile(file, "utf8")).split("\n").filter(Boolean)

test("nothing that git leaves out gets into an image, and neither does git's own folder", async () => {
  const ignored = await linesOf(".dockerignore")
  expect(ignored).toContain(".git/")
  for (const line of await linesOf(".gitignore")) expect(ignored).toContain(line)
})

test("an image is built from the lockfile, on the Node that is named for deployment, and does not run as root", async () => {
  const steps = await linesOf("Dockerfile")
  const [major] = await linesOf(".nvmrc")
  const images = steps.filter((step) => step.startsWith("FROM ")).map((step) => step.split(" ")[1])
  expect(images).toEqual([images[0], images[0]])
  const version = /^node:(\d+\.\d+\.\d+)-slim$/.exec(images[0] ?? "")?.[1] ?? ""
  expect(version.split(".")[0]).toBe(major)
  // CVE-2026-111497 is fixed in this one.
  expect(compareVersions(version, "24.22.1")).toBeGreaterThanOrEqual(0)
  expect(steps).toContain("RUN npm ci")
  expect(steps.slice(-4)).toContain("USER node")
})

test("an image says how to ask whether it is ready, with what is in it: a ready server is, others are not", async () => {
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

test("the tests run on every Node that the app supports, from the oldest one on", async () => {
  const { engines } = JSON.parse(await readFile("package.json", "utf8"))
  const workflow = await readFile(".github/workflows/test.yml", "utf8")
  const versions = [...(/matrix: \{ node: \[(.+?)\]/.exec(workflow)?.[1] ?? "").matchAll(/"([\d.]+)"/g)]
  expect(versions.map(([, version]) => version)).toEqual(["20.19.0", "22", "24"])
  expect(engines.node).toBe(">=20.19")
})
