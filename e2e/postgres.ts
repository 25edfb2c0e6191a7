import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { startEmbeddedPostgres } from "../scripts/embedded-postgres"
import { freePort } from "../scripts/server-process"

/** A Postgres in which each worker makes its own database. @returns what stops it */
export async function startPostgresForTests(): Promise<() => Promise<void>> {
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
