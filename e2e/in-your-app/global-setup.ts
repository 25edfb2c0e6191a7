import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { startPostgresForTests } from "../postgres"
import { runIn } from "./guide"

/** Runs once: puts the packed package into a folder that replaces the clone of the guide. */
export default async function prepare(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "in-your-app-"))
  await runIn(process.cwd(), `npm run --silent build -w auth-bitbucket`)
  await runIn(process.cwd(), `npm pack --silent -w auth-bitbucket --pack-destination ${folder}`)
  process.env.SOURCE = folder
  const stopPostgres = await startPostgresForTests()
  return async () => {
    await stopPostgres()
    await rm(folder, { recursive: true, force: true })
  }
}
