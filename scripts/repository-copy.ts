import { spawnSync } from "node:child_process"
import { cp, mkdir, readdir, rm } from "node:fs/promises"
import path from "node:path"

const root = path.join(import.meta.dirname, "..")
/** What to leave out if the sources did not come from git. */
const leftOut = new Set([
  ".git",
  ".next",
  ".data",
  ".vercel",
  "node_modules",
  "dist",
  "coverage",
  "test-results",
])

/** The files that a clone of this repository would have, changes included, as paths from its root. */
export async function listFiles(folder = root): Promise<string[]> {
  const { status, stdout } = spawnSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: folder, encoding: "utf8" },
  )
  // A copy inside an ignored folder belongs to the repository around it, which lists nothing of it.
  if (status === 0 && stdout !== "") return stdout.split("\0").filter(Boolean).sort()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter(
      (file) => !file.split(path.sep).some((name) => leftOut.has(name) || /^\.env(?!\.example$)/.test(name)),
    )
    .sort()
}

/** Copies this repository to an existing folder, with the files that a clone has. */
export async function copyRepository(target: string): Promise<void> {
  for (const file of await listFiles()) {
    await mkdir(path.dirname(path.join(target, file)), { recursive: true })
    // A deleted file that is still in git's index is in no clone.
    await cp(path.join(root, file), path.join(target, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error
    })
  }
}

/**
 * Copies this repository to a folder below `.data/`, where it finds the packages of the original: to build it in addition to
 * the usual build, or to try it with a part removed. It leaves out the lockfile, because Next looks for the packages next to
 * it.
 *
 * @returns the path of the copy
 */
export async function copyNextTo(name: string): Promise<string> {
  const copy = path.join(root, ".data", name)
  await rm(copy, { recursive: true, force: true })
  await mkdir(copy, { recursive: true })
  await copyRepository(copy)
  await rm(path.join(copy, "package-lock.json"))
  return copy
}

/** Builds a copy for production; `npm run check` checks the types. @throws Error with what Next wrote */
export function buildCopy(copy: string, environment: Record<string, string> = {}): void {
  const next = path.join(root, "node_modules/next/dist/bin/next")
  const build = spawnSync(process.execPath, [next, "build", copy], {
    cwd: copy,
    encoding: "utf8",
    env: { ...process.env, ...environment, NODE_ENV: "production", QUICK_BUILD: "1" },
  })
  if (build.status !== 0) throw new Error(`The copy could not be built:\n${build.stdout}${build.stderr}`)
}
