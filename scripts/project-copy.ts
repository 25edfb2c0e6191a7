import { spawnSync } from "node:child_process"
import { cp, mkdir, readdir, rm } from "node:fs/promises"
import path from "node:path"

const root = path.join(import.meta.dirname, "..")
/** What git leaves out, git's own, and the lockfile, whose place says where the packages lie. */
const leftOut = new Set([
  ".git",
  ".next",
  ".data",
  ".vercel",
  "node_modules",
  "next-env.d.ts",
  "dist",
  "coverage",
  "test-results",
  "bench/results",
  "package-lock.json",
])

/**
 * Copies this project's sources to a folder of their own below `.data/`, where they find its packages: for a
 * build beside the usual one, or to try what becomes of it without some part.
 *
 * @returns the path of the copy
 */
export async function copyProject(name: string): Promise<string> {
  const copy = path.join(root, ".data", name)
  await rm(copy, { recursive: true, force: true })
  await mkdir(copy, { recursive: true })
  const isCopied = (file: string) => {
    const name = path.basename(file)
    const isSecret = name.startsWith(".env") && name !== ".env.example"
    return !isSecret && !leftOut.has(name) && !leftOut.has(path.relative(root, file))
  }
  for (const entry of await readdir(root)) {
    if (!isCopied(entry)) continue
    await cp(path.join(root, entry), path.join(copy, entry), { recursive: true, filter: isCopied })
  }
  return copy
}

/** Builds a copy for production. @throws Error with what Next wrote */
export function buildCopy(copy: string, environment: Record<string, string> = {}): void {
  const next = path.join(root, "node_modules/next/dist/bin/next")
  const build = spawnSync(process.execPath, [next, "build", copy], {
    cwd: copy,
    encoding: "utf8",
    env: { ...process.env, ...environment, NODE_ENV: "production" },
  })
  if (build.status !== 0) throw new Error(`The copy could not be built:\n${build.stdout}${build.stderr}`)
}
