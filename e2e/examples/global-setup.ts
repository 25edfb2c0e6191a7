import { cp, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { startPostgresForTests } from "../postgres"
import { npm } from "./example"

/** Runs once: copies the examples and the packed packages into a folder without the rest of this repository. */
export default async function prepare(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "examples-"))
  // The .npmrc of this repository runs no scripts, `prepack` neither.
  await npm(process.cwd(), "run", "--silent", "build", "--workspaces")
  await npm(process.cwd(), "pack", "--workspaces", "--pack-destination", folder)
  await cp("examples", path.join(folder, "examples"), {
    recursive: true,
    filter: (source) => path.basename(source) !== "node_modules",
  })
  process.env.E2E_EXAMPLES_FOLDER = path.join(folder, "examples")
  const stopPostgres = await startPostgresForTests()
  return async () => {
    await stopPostgres()
    await rm(folder, { recursive: true, force: true })
  }
}
