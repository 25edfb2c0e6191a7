import { readdir } from "node:fs/promises"
import { expect, test } from "vitest"
import { runCommand } from "@/test/run-command"
import type { OperatorCommand } from "./command"

const names = ["connections", "refresh", "disconnect", "export", "erase", "reseal", "prune", "keep-alive"]

const environment = {
  NODE_ENV: "production",
  AUTH_SECRET: "hunter2-9f1c7Q0vXa3mZ8kLr5dWt2bYs6",
  AUTH_SECRET_PREVIOUS: "",
  AUTH_URL: "http://localhost:3000",
  AUTH_BITBUCKET_ID: "x",
  AUTH_BITBUCKET_SECRET: "hunter2",
  DATABASE_URL: "postgres://app:hunter2@127.0.0.1:1/app",
}

test("`npm run ops -- --help` lists every command, and each has a file of its own", async () => {
  const help = await runCommand("ops", ["--help"], {})
  expect(help.exitCode).toBe(0)
  const listed = [...help.stdout.matchAll(/^ {2}([\w-]+) +\w/gm)].map(([, name]) => name)
  expect(listed).toEqual(names)
  const files = await readdir("scripts/ops")
  for (const name of names) expect(files).toContain(`${name}.ts`)
})

test.each([[], ["constructor"], ["reconnect"]])(
  "a call without a known command is refused with 2: %s",
  async (...args) => {
    const refused = await runCommand("ops", args, environment)
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" })
    expect(refused.stderr).toContain("Usage: npm run ops -- COMMAND")
  },
)

test.each(names)("`ops %s` has a usage of its own", async (name) => {
  const { command } = (await import(`../ops/${name}.ts`)) as { command: OperatorCommand }
  expect(command.usage).toMatch(new RegExp(`^Usage: npm run ops -- ${name}\\b`))
  expect(command.usage).toContain("Exit codes: ")
})

test("a command explains itself, and refuses an unknown flag with 2", async () => {
  const help = await runCommand("ops", ["refresh", "--help"], {})
  expect(help).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Usage: npm run ops -- refresh/) })
  const misused = await runCommand("ops", ["refresh", "--jsno"], environment)
  expect([misused.exitCode, misused.stdout]).toEqual([2, ""])
  expect(misused.stderr).toContain("Usage: npm run ops -- refresh")
})

test("a command names a broken environment and a database that is away, and prints no secret", async () => {
  const run = (changes: Record<string, string>, ...flags: string[]) =>
    runCommand("ops", ["refresh", "demo", ...flags], { ...environment, ...changes })
  const broken = await run({ AUTH_SECRET: "hunter2" }, "--json")
  expect(broken.exitCode).toBe(1)
  expect(JSON.parse(broken.stdout)).toMatchObject({
    error: "invalid_environment",
    problems: [expect.stringMatching(/^AUTH_SECRET must be at least 32/)],
  })
  const away = await run({})
  expect([away.exitCode, away.stdout]).toEqual([1, ""])
  expect(away.stderr).toContain(
    "The database is unavailable (ECONNREFUSED). `npm run doctor` says what to do.",
  )
  const asJson = await run({}, "--json")
  expect(JSON.parse(asJson.stdout)).toEqual({ error: "database_unavailable" })
  for (const { stdout, stderr } of [broken, away, asJson]) expect(stdout + stderr).not.toContain("hunter2")
})
