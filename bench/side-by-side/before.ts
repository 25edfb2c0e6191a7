import { existsSync } from "node:fs"
import { rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { superviseServer } from "../../scripts/server-process"
import type { Stage } from "../refresh/stage"
import { stopAtEnd } from "../refresh/started"
import { bare, buildAll, type Contestant, createDatabase, ours, runToItsEnd, waitForEnd } from "./contestants"
import { EVERY_CORE, LOAD_CORE, pin } from "./cores"

/** The last version whose pages asked Bitbucket on each view. Two of the goals compare with it. */
const COMMIT = "d786fec"
/** Built once; later runs find it there. */
const root = path.join(tmpdir(), `sign-in-with-bitbucket-${COMMIT}`)

export const oursBefore: Contestant = { ...ours, name: COMMIT, root }
export const bareBefore: Contestant = { ...bare, name: `bare of ${COMMIT}`, root }

/** Clones that version, with its own packages, and builds it and its `bare`. */
export async function buildBefore(environment: Record<string, string>): Promise<void> {
  const built = [".next/BUILD_ID", "bench/peers/bare/.next/BUILD_ID"]
  if (built.every((file) => existsSync(path.join(root, file)))) return
  await rm(root, { recursive: true, force: true })
  pin(process.pid, EVERY_CORE)
  await run("git", ["clone", "--quiet", "--no-checkout", ".", root], process.cwd())
  await run("git", ["checkout", "--quiet", COMMIT], root)
  await run("npm", ["ci", "--no-audit", "--no-fund"], root)
  pin(process.pid, LOAD_CORE)
  await buildAll([oursBefore, bareBefore], environment)
}

/** @returns its environment, with a separate database that has its tables */
export async function environmentBefore(
  stage: Stage,
  environment: Record<string, string>,
): Promise<Record<string, string>> {
  const own = { ...environment, DATABASE_URL: await createDatabase(stage, "before") }
  await runToItsEnd(["--import", "tsx", "scripts/migrate.ts"], own, root)
  return own
}

async function run(program: string, args: string[], folder: string): Promise<void> {
  const child = superviseServer(`${program} ${args[0]}`, program, args, {}, { folder })
  stopAtEnd(child.stop)
  await waitForEnd(child)
}
