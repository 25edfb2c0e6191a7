import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { takeDockerfileSteps } from "../../scripts/dockerfile-steps"
import { startPostgresForTests } from "../postgres"

/** Once: the steps of the Dockerfile in an empty folder, and a Postgres. */
export default async function prepare(): Promise<() => Promise<void>> {
  const emptyFolder = await mkdtemp(path.join(tmpdir(), "container-"))
  const { folder } = await takeDockerfileSteps(process.cwd(), emptyFolder, (step) =>
    process.stdout.write(`  ${step}\n`),
  )
  process.env.E2E_CONTAINER_FOLDER = folder
  const stopPostgres = await startPostgresForTests()
  return async () => {
    await stopPostgres()
    await rm(emptyFolder, { recursive: true, force: true })
  }
}
