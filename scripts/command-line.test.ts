import { spawnSync } from "node:child_process"
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { expect, onTestFinished, test, vi } from "vitest"
import { migrateDatabase } from "@/lib/db/migrate"
import { connectAsSuperuser, createTestDatabaseUrl } from "@/test/database"
import { loadEnvironmentFiles } from "./command-line"
import { writeDemoSettings } from "./demo-settings"

test("a command reads .env.local as the app does, and leaves variables alone that are set", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "environment-"))
  await writeFile(path.join(folder, ".env.local"), "FROM_A_FILE=from the file\nSET_BEFORE=from the file\n")
  onTestFinished(() => rm(folder, { recursive: true }))
  vi.stubEnv("NODE_ENV", "development")
  vi.stubEnv("FROM_A_FILE", undefined)
  vi.stubEnv("SET_BEFORE", "from outside")
  onTestFinished(() => void vi.unstubAllEnvs())

  loadEnvironmentFiles(folder)
  expect([process.env.FROM_A_FILE, process.env.SET_BEFORE]).toEqual(["from the file", "from outside"])
})

test("a command acts on the demo's database if no variable names one, at the port of POSTGRES_PORT", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "environment-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(path.join(folder, ".data"))
  await writeDemoSettings(path.join(folder, ".data"), {
    AUTH_SECRET: "of-the-demo",
    DATABASE_URL: "postgres://app:p%40ss@127.0.0.1:54320/app",
  })
  expect((await stat(path.join(folder, ".data/demo.env"))).mode & 0o077).toBe(0)
  const read = (environment: Record<string, string | undefined>) => {
    const names = { DATABASE_URL: undefined, POSTGRES_PORT: undefined, NODE_ENV: "development" }
    for (const [name, value] of Object.entries({ ...names, AUTH_SECRET: "set", ...environment }))
      vi.stubEnv(name, value)
    loadEnvironmentFiles(folder)
    const { DATABASE_URL, AUTH_SECRET } = process.env
    vi.unstubAllEnvs()
    return { DATABASE_URL, AUTH_SECRET }
  }
  const demo = { DATABASE_URL: "postgres://app:p%40ss@127.0.0.1:54320/app", AUTH_SECRET: "of-the-demo" }
  expect(read({})).toEqual(demo)
  expect(read({ POSTGRES_PORT: "5999" })).toEqual({
    ...demo,
    DATABASE_URL: "postgres://app:p%40ss@127.0.0.1:5999/app",
  })
  const own = { DATABASE_URL: "postgres://db.example/app", AUTH_SECRET: "set" }
  expect(read(own)).toEqual(own)
  expect(read({ NODE_ENV: "production" })).toEqual({ DATABASE_URL: undefined, AUTH_SECRET: "set" })
})

test("a command works on the schema that .env.local names", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "environment-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  const url = await createTestDatabaseUrl()
  await migrateDatabase(url, { schema: "of_the_file" })
  const database = await connectAsSuperuser(url)
  for (const schema of ["of_the_file", "auth_bitbucket"])
    await database.query(`insert into ${schema}.spent_state values ('old', now() - interval '1 day')`)
  const lines = [
    `DATABASE_URL=${url}`,
    "DATABASE_SCHEMA=of_the_file",
    `AUTH_SECRET=${"a-secret-of-thirty-two-characters"}`,
    "AUTH_BITBUCKET_ID=key",
    "AUTH_BITBUCKET_SECRET=secret",
  ]
  await writeFile(path.join(folder, ".env.local"), lines.join("\n"))
  const program = path.resolve("scripts/ops/ops.ts")
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=react-server", "--import", import.meta.resolve("tsx"), program, "prune", "--json"],
    {
      cwd: folder,
      encoding: "utf8",
      env: {
        NODE_ENV: "development",
        PATH: process.env.PATH,
        TSX_TSCONFIG_PATH: path.resolve("tsconfig.json"),
      },
    },
  )
  expect(stdout, stderr).toContain('"spentStates":1')
  const left =
    "select (select count(*)::int from of_the_file.spent_state) as named, (select count(*)::int from auth_bitbucket.spent_state) as usual"
  expect((await database.query(left)).rows).toEqual([{ named: 0, usual: 1 }])
})
