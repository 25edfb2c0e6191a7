import { execFileSync } from "node:child_process"
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { copyRepository } from "../../scripts/repository-copy"
import { startPostgresForTests } from "../postgres"

/**
 * Runs once. Builds a fresh copy as a standalone app, in a folder without `node_modules`, as the last stage of
 * the Dockerfile does, and starts a Postgres. The workflow `test` builds the image itself.
 */
export default async function prepare(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "standalone-"))
  const sources = path.join(folder, "sources")
  const server = path.join(folder, "server")
  await mkdir(sources)
  await copyRepository(sources)
  for (const [program, ...args] of [
    ["npm", "ci"],
    ["npx", "tsx", "scripts/build-standalone.ts"],
  ] as const) {
    process.stdout.write(`  ${[program, ...args].join(" ")}\n`)
    execFileSync(program, args, { cwd: sources, stdio: "pipe" })
  }
  await cp(path.join(sources, ".next/standalone"), server, { recursive: true, verbatimSymlinks: true })
  await rm(sources, { recursive: true, force: true })
  process.env.E2E_CONTAINER_FOLDER = server
  const stopPostgres = await startPostgresForTests()
  return async () => {
    await stopPostgres()
    await rm(folder, { recursive: true, force: true })
  }
}
