import { sql } from "drizzle-orm"
import { expect, test } from "vitest"
import { connection } from "@/lib/db/schema"
import { createTestDatabase } from "@/test/database"
import { runCommand } from "@/test/run-command"

test("`npm run db:migrate` brings a new database up to date, once, and says by how much", async () => {
  const { db, url } = await createTestDatabase()
  const environment = { NODE_ENV: "production", DATABASE_URL: url }
  await db.execute(sql`drop schema auth_bitbucket cascade`)
  const first = await runCommand("db:migrate", ["--json"], environment)
  expect(first.exitCode).toBe(0)
  expect(JSON.parse(first.stdout)).toEqual({ applied: expect.any(Number) })
  expect(JSON.parse(first.stdout).applied).toBeGreaterThan(1)
  expect(await db.$count(connection)).toBe(0)
  const second = await runCommand("db:migrate", [], environment)
  expect(second).toEqual({
    exitCode: 0,
    stdout: "The database is up to date; migrations applied: 0.\n",
    stderr: expect.stringMatching(/^Database: 127\.0\.0\.1:\d+\/test_\w+\n$/),
  })
})

test("`npm run db:migrate` names a database that does not answer, and repeats no password", async () => {
  const broken = { NODE_ENV: "production", DATABASE_URL: "postgres://app:hunter2@127.0.0.1:1/app" }
  const { exitCode, stdout, stderr } = await runCommand("db:migrate", [], broken)
  expect([exitCode, stdout]).toEqual([1, ""])
  expect(stderr).toContain("(ECONNREFUSED)")
  expect(stderr).not.toContain("hunter2")
  const json = await runCommand("db:migrate", ["--json"], broken)
  expect(JSON.parse(json.stdout)).toEqual({ error: "database_unavailable" })
})

test("`npm run db:migrate` explains itself, and refuses an unknown flag", async () => {
  const help = await runCommand("db:migrate", ["--help"], {})
  expect([help.exitCode, help.stdout.startsWith("Usage: npm run db:migrate")]).toEqual([0, true])
  const misused = await runCommand("db:migrate", ["--jsno"], {})
  expect([misused.exitCode, misused.stdout]).toEqual([2, ""])
})
