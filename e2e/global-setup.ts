import { spawnSync } from "node:child_process"
import { startPostgresForTests } from "./postgres"

/** Runs once for all workers: the production build, and a Postgres. */
export default async function prepare(): Promise<() => Promise<void>> {
  const build = spawnSync(process.execPath, ["node_modules/next/dist/bin/next", "build"], {
    encoding: "utf8",
    env: { ...process.env, NODE_ENV: "production", QUICK_BUILD: "1" },
  })
  if (build.status !== 0) throw new Error(`The app could not be built:\n${build.stdout}${build.stderr}`)
  return startPostgresForTests()
}
