import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { afterEach, expect, test } from "vitest"
import { createControlClient } from "../client.ts"

const cli = fileURLToPath(new URL("../cli.ts", import.meta.url))
const tsx = createRequire(import.meta.url).resolve("tsx")
const running: ChildProcess[] = []

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL")
})

function run(environment: Record<string, string>) {
  const child = spawn(process.execPath, ["--import", tsx, cli], {
    env: { PATH: process.env.PATH, EMULATOR_SITE_PORT: "0", EMULATOR_API_PORT: "0", ...environment },
  })
  running.push(child)
  const output = { stdout: "", stderr: "" }
  child.stdout.on("data", (chunk) => {
    output.stdout += chunk
  })
  child.stderr.on("data", (chunk) => {
    output.stderr += chunk
  })
  return { child, output, exited: once(child, "exit") as Promise<[number | null, string | null]> }
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "prints where it is and who is in it, and ends on %s",
  async (signal) => {
    const { child, output, exited } = run({ EMULATOR_CALLBACK_URL: "http://localhost:3123" })
    await expect.poll(() => output.stdout, { timeout: 8000 }).toContain("Ctrl-C stops it.")
    expect(output.stdout).toContain("demo")
    expect(output.stdout).toContain("emulatorClientKey1   emulatorClientSecret123456789012")
    expect(output.stdout).toContain("http://localhost:3123")
    const siteUrl = /Site {3}(\S+)/.exec(output.stdout)?.[1] ?? ""
    expect((await createControlClient(siteUrl).health()).status).toBe("ok")
    child.kill(signal)
    expect(await exited).toEqual([0, null])
    expect(output.stderr).toBe("")
  },
)

test.each(["EMULATOR_SITE_PORT", "EMULATOR_API_PORT"])(
  "a taken port is one sentence that names %s",
  async (variable) => {
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve))
    const { port } = squatter.address() as AddressInfo
    const { output, exited } = run({ [variable]: String(port) })
    expect(await exited).toEqual([1, null])
    expect(output.stderr).toBe(`Port ${port} is in use: set ${variable} to a free one.\n`)
    expect(output.stdout).toBe("")
    await new Promise((resolve) => squatter.close(resolve))
  },
)

test.each([
  [{ EMULATOR_SITE_PORT: "http" }, "EMULATOR_SITE_PORT has to be a port number between 0 and 65535.\n"],
  [{ EMULATOR_API_PORT: "65536" }, "EMULATOR_API_PORT has to be a port number between 0 and 65535.\n"],
  [{ EMULATOR_CALLBACK_URL: "localhost" }, "EMULATOR_CALLBACK_URL has to be an absolute URL.\n"],
])("%j is refused with one sentence", async (environment, sentence) => {
  const { output, exited } = run(environment)
  expect(await exited).toEqual([1, null])
  expect(output.stderr).toBe(sentence)
})
