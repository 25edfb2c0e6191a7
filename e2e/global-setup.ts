import { spawnSync } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { startEmbeddedPostgres } from "../scripts/embedded-postgres"
import { freePort } from "../scripts/server-process"

/** Once for all workers: the production build, and a Postgres in which each worker makes its own database. */
export default async function prepare(): Promise<() => Promise<void>> {
  const build = spawnSync(process.execPath, ["node_modules/next/dist/bin/next", "build"], {
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "production" },
  })
  if (build.status !== 0) throw new Error(`The app could not be built:\n${build.stdout}${build.stderr}`)

  const folder = await mkdtemp(path.join(tmpdir(), "browser-tests-"))
  const port = await freePort()
  const postgres = await startEmbeddedPostgres({
    dataDirectory: path.join(folder, "data"),
    port,
    isDurable: false,
  })
  process.env.E2E_POSTGRES_URL = postgres.url
  return async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
