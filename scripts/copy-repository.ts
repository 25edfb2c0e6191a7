import { spawnSync } from "node:child_process"
import { cp, mkdir } from "node:fs/promises"
import path from "node:path"

/** Copies what git tracks of a repository, or would track: what somebody has who clones it. */
export async function copyRepository(repository: string, target: string): Promise<void> {
  const { status, stdout, stderr } = spawnSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: repository, encoding: "utf8" },
  )
  if (status !== 0) throw new Error(`The files of the repository could not be listed: ${stderr}`)
  for (const file of stdout.split("\0").filter(Boolean)) {
    await mkdir(path.dirname(path.join(target, file)), { recursive: true })
    // One that was deleted but is still in the index is in no clone.
    await cp(path.join(repository, file), path.join(target, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error
    })
  }
}
