import { type Emulator, startEmulator } from "bitbucket-emulator"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { CheckResult } from "@/lib/doctor/result"
import { client } from "@/test/bitbucket-grant"
import { createTestDatabaseUrl } from "@/test/database"
import { runCommand } from "@/test/run-command"

type Report = { state: string; callbackUrl: string; checks: CheckResult[] }

let emulator: Emulator
let usable: Record<string, string>

beforeAll(async () => {
  emulator = await startEmulator({ port: 0 })
  usable = {
    NODE_ENV: "production",
    AUTH_SECRET: "hunter2-a-secret-of-thirty-two-characters",
    AUTH_SECRET_PREVIOUS: "",
    AUTH_URL: "http://localhost:3000",
    AUTH_BITBUCKET_ID: client.id,
    AUTH_BITBUCKET_SECRET: client.secret,
    BITBUCKET_SITE_URL: emulator.siteUrl,
    BITBUCKET_API_URL: emulator.apiUrl,
    BITBUCKET_SCOPES: "account email",
    DATABASE_URL: (await createTestDatabaseUrl()).replace("app@", "app:hunter2@"),
    ALLOWED_WORKSPACES: "",
    CRON_SECRET: "hunter2-of-the-scheduler",
  }
})

afterAll(() => emulator.close())

describe("npm run doctor", () => {
  test("ends with 0 if nothing is wrong, folds passed checks into one line, and prints no secret", async () => {
    const { exitCode, stdout, stderr } = await runCommand("doctor", [], usable)
    expect([exitCode, stderr]).toEqual([0, ""])
    const lines = stdout.split("\n").filter((line) => line && !line.includes("out of support"))
    expect(lines).toEqual([
      expect.stringMatching(/^\d+ checks passed; `npm run doctor -- --all` lists them\.$/),
      "Callback URL to register in Bitbucket: http://localhost:3000/api/auth/callback/bitbucket",
      "0 problems, 0 warnings",
    ])
    for (const secret of ["hunter2", client.secret]) expect(stdout).not.toContain(secret)
  })

  test("says what is wrong first, one line each, and counts it in words that fit", async () => {
    const wrong = { ...usable, AUTH_BITBUCKET_SECRET: "hunter2", CRON_SECRET: "" }
    const { exitCode, stdout } = await runCommand("doctor", [], wrong)
    expect(exitCode).toBe(1)
    const lines = stdout.split("\n")
    expect(lines[0]).toMatch(/^ {2}failed {3}Bitbucket does not accept this key with this secret.*\.$/)
    expect(lines[1]).toMatch(/^ {2}warning {2}CRON_SECRET is not set.*\.$/)
    expect(stdout).toMatch(/\n1 problem, 1 warning\n$/)
    expect(stdout).not.toContain("hunter2")
  })

  test("lists passed checks on request", async () => {
    const { exitCode, stdout } = await runCommand("doctor", ["--all"], usable)
    expect(exitCode).toBe(0)
    const [, count] = /^(\d+) checks passed:$/m.exec(stdout) ?? []
    expect(stdout.match(/^ {2}ok {7}/gm)).toHaveLength(Number(count))
    for (const title of ["Environment", "Callback URL", "Bitbucket", "Database", "Clocks"])
      expect(stdout).toContain(`\n${title}\n`)
    for (const secret of ["hunter2", client.secret]) expect(stdout).not.toContain(secret)
  })

  test("ends with 1 if something is wrong, and reports it to programs as JSON with stable codes", async () => {
    const wrong = { ...usable, AUTH_BITBUCKET_SECRET: "hunter2", LOG_LEVEL: "loud" }
    const { exitCode, stdout, stderr } = await runCommand("doctor", ["--json"], wrong)
    expect([exitCode, stderr]).toEqual([1, ""])
    const report = JSON.parse(stdout) as Report
    expect(report).toMatchObject({
      state: "failed",
      callbackUrl: "http://localhost:3000/api/auth/callback/bitbucket",
    })
    const failures = report.checks.filter(({ state }) => state === "failed")
    expect(failures).toEqual([
      { id: "variable.LOG_LEVEL", state: "failed", code: "variable_wrong", sentence: expect.any(String) },
      { id: "bitbucket.client", state: "failed", code: "client_refused", sentence: expect.any(String) },
    ])
    expect(stdout).not.toContain("hunter2")
  })

  test("checks as a production server does on request", async () => {
    const development = { ...usable, NODE_ENV: "development", AUTH_URL: "" }
    expect((await runCommand("doctor", ["--json"], development)).exitCode).toBe(0)
    expect((await runCommand("doctor", ["--json", "--production"], development)).exitCode).toBe(1)
  })

  test("explains itself with --help and ends with 2 if it is used wrongly", async () => {
    const help = await runCommand("doctor", ["--help"], {})
    expect([help.exitCode, help.stdout.split(" [")[0]]).toEqual([0, "Usage: npm run doctor"])
    const wrong = await runCommand("doctor", ["--jsno"], {})
    expect([wrong.exitCode, wrong.stdout]).toEqual([2, ""])
    expect(wrong.stderr).toContain("Usage: npm run doctor")
  })
})
