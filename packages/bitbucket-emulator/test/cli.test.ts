import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { createControlClient } from "../client.ts"
import { Browser } from "./browser.ts"

const cli = fileURLToPath(new URL("../cli.ts", import.meta.url))
const tsx = createRequire(import.meta.url).resolve("tsx")
const running: ChildProcess[] = []

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL")
})

function run(environment: Record<string, string>, options: readonly string[] = []) {
  const child = spawn(process.execPath, ["--import", tsx, cli, ...options], {
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

/** The same in this process, for calls after which nothing runs: a process of its own takes most of a second to start. */
async function runHere(environment: Record<string, string>, options: readonly string[] = []) {
  const output = { stdout: "", stderr: "" }
  vi.spyOn(console, "log").mockImplementation((line) => {
    output.stdout += `${line}\n`
  })
  const said = vi.spyOn(console, "error").mockImplementation((line) => {
    output.stderr += `${line}\n`
  })
  const { argv, exitCode } = process
  const ports = { EMULATOR_SITE_PORT: "0", EMULATOR_API_PORT: "0" }
  for (const [name, value] of Object.entries({ ...ports, ...environment })) vi.stubEnv(name, value)
  process.argv = [process.execPath, cli, ...options]
  try {
    vi.resetModules()
    await import("../cli.ts")
    return { ...output, exitCode: process.exitCode ?? 0 }
  } finally {
    process.argv = argv
    process.exitCode = exitCode
    said.mockClear()
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  }
}

test.each(["SIGINT", "SIGTERM"] as const)(
  "prints its addresses and people, and ends on %s",
  async (signal) => {
    const { child, output, exited } = run({ EMULATOR_CALLBACK_URL: "http://localhost:3123" })
    await expect.poll(() => output.stdout).toContain("Ctrl-C stops it.")
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
  "a port in use is one sentence that names %s",
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
  expect(await runHere(environment)).toEqual({ exitCode: 1, stdout: "", stderr: sentence })
})

/** What a program reads: the first line, once it is there. */
async function readyLineOf(output: { stdout: string }) {
  await expect.poll(() => output.stdout).toContain("\n")
  return JSON.parse(output.stdout)
}

test("--json prints one line with all addresses, and nothing else", async () => {
  const { child, output, exited } = run({}, ["--json", "--site-port", "0", "--api-port", "0"])
  const { site_url, api_url, control_url, control_token, tls } = await readyLineOf(output)
  expect([control_token, tls]).toEqual([null, null])
  expect(control_url).toBe(`${site_url}/_control`)
  // Without any header, as programs that wait for a server ask.
  const health = await (await fetch(`${control_url}/health`)).json()
  expect(health).toEqual({ status: "ok", site_url, api_url, contract: "2026" })
  child.kill("SIGTERM")
  expect(await exited).toEqual([0, null])
  expect(output.stdout.trimEnd().split("\n")).toHaveLength(1)
})

test("--host 0.0.0.0 requires the token that it prints, or the one from the environment", async () => {
  const drawn = run({}, ["--host", "0.0.0.0"])
  await expect.poll(() => drawn.output.stdout).toContain("Ctrl-C stops it.")
  const token = /Token {2}(\S+)/.exec(drawn.output.stdout)?.[1] ?? ""
  const siteUrl = /Live {3}(\S+)\/_control/.exec(drawn.output.stdout)?.[1] ?? ""
  expect((await createControlClient(siteUrl, { token }).readClock()).frozen).toBe(false)
  await expect(createControlClient(siteUrl).readClock()).rejects.toThrow("401")

  const given = run({ EMULATOR_CONTROL_TOKEN: "a-token-of-mine" }, ["--host", "0.0.0.0", "--json"])
  const { control_url, control_token } = await readyLineOf(given.output)
  expect(control_token).toBe("a-token-of-mine")
  const headers = { "X-Emulator-Control": "a-token-of-mine" }
  expect((await fetch(`${control_url}/clock`, { headers })).status).toBe(200)
})

test("--tls names the authority's file in the variables that clients read", async () => {
  const folder = mkdtempSync(join(tmpdir(), "emulator-cli-tls-"))
  const { output } = run({}, ["--tls", "--tls-port", "0", "--tls-folder", join(folder, "authority")])
  await expect.poll(() => output.stdout).toContain("Ctrl-C stops it.")
  const file = join(folder, "authority", "ca.pem")
  for (const name of ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"]) {
    expect(output.stdout).toContain(`export ${name}=${file}`)
  }
  expect(output.stdout).toMatch(/https:\/\/bitbucket\.org:\d+ and https:\/\/api\.bitbucket\.org:\d+/)
  rmSync(folder, { recursive: true })
})

test("--version prints the package's version", async () => {
  const { exitCode, stdout } = await runHere({}, ["--version"])
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
})

test.each([
  [["--site-port", "70000"], "--site-port has to be a port number between 0 and 65535.\n"],
  [["--tls-port", ""], "--tls-port has to be a port number between 0 and 65535.\n"],
  [
    ["--public-site-url", "bitbucket.example.test"],
    "--public-site-url has to be an address such as https://example.test/bitbucket, without a query.\n",
  ],
  [
    ["--public-api-url", "https://example.test/?api"],
    "--public-api-url has to be an address such as https://example.test/bitbucket, without a query.\n",
  ],
  [
    ["--host", "192.0.2.1"],
    "192.0.2.1 is no address of this machine to listen on (EADDRNOTAVAIL): set --host to one.\n",
  ],
])("%j is refused with one sentence", async (options, sentence) => {
  expect(await runHere({}, options)).toEqual({ exitCode: 1, stdout: "", stderr: sentence })
})

describe("--seed and --state", () => {
  let folder = ""
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "emulator-cli-"))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  test("a custom seed is served and printed, and changes survive a restart", async () => {
    const seed = join(folder, "seed.yaml")
    writeFileSync(
      seed,
      `people: [{ username: ada, password: lovelace, note: Writes programs. }]
clients: [{ key: k, secret: s, name: n, scopes: [account] , callback_url: "http://localhost:3000" }]`,
    )
    const options = ["--seed", seed, "--state", join(folder, "state.json")]
    const signIn = async (siteUrl: string) => new Browser({ siteUrl }).signIn("ada", "lovelace")
    const cookies: string[] = []
    for (const round of [1, 2]) {
      const { child, output, exited } = run({}, options)
      await expect.poll(() => output.stdout).toContain("Ctrl-C stops it.")
      expect(output.stdout).toContain("ada   lovelace   Writes programs.")
      expect(output.stdout).toContain("saved on exit, secrets included")
      const siteUrl = /Site {3}(\S+)/.exec(output.stdout)?.[1] ?? ""
      if (round === 1) {
        const [cookie = ""] = (await signIn(siteUrl)).headers.getSetCookie()
        cookies.push(cookie.split(";")[0] ?? "")
      }
      const settings = await fetch(`${siteUrl}/account/settings/app-authorizations/`, {
        headers: { cookie: cookies.join("; ") },
        redirect: "manual",
      })
      expect(settings.status).toBe(200)
      child.kill("SIGTERM")
      expect(await exited).toEqual([0, null])
    }
  })

  test("a faulty seed prints one line per fault, and nothing starts", async () => {
    const seed = join(folder, "seed.yaml")
    writeFileSync(seed, "people:\n  - username: ada\n    pasword: x\n")
    const { exitCode, stdout, stderr } = await runHere({}, ["--seed", seed])
    expect([exitCode, stdout]).toEqual([1, ""])
    expect(stderr.split("\n")).toEqual([
      `${seed}:2: people.0.password: Invalid input: expected string, received undefined`,
      `${seed}:3: people.0.pasword: is not known here`,
      "",
    ])
  })

  test.each([
    [["--state", "/no/such/folder/state.json"], "/no/such/folder/state.json cannot be written"],
    [["--seed", "/no/such/seed.yaml"], "/no/such/seed.yaml: ENOENT"],
    [["--sead", "x"], "Unknown option '--sead'.\n\nUsage: bitbucket-emulator"],
    [["--seed"], "Option '--seed <value>' argument missing.\n\nUsage: bitbucket-emulator"],
  ])("%j is refused", async (options, words) => {
    const { exitCode, stderr } = await runHere({}, options)
    expect(exitCode).toBe(1)
    expect(stderr).toContain(words)
    expect(stderr).not.toContain("    at ")
  })

  test("--help lists the options", async () => {
    const { exitCode, stdout } = await runHere({}, ["--help"])
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining("--state FILE")])
  })
})
