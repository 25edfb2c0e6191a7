import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { expect, onTestFinished, test, vi } from "vitest"
import { loadEnvironmentFiles } from "./command-line"

test("a command reads .env.local as the app does, and leaves alone what is set", async () => {
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
