import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import path from "node:path"

export type FolderSize = { files: number; lines: number; median: number }

export type Sources = {
  folders: Record<string, FolderSize>
  /** What `ls -A` shows in a fresh clone. */
  rootItems: number
  npmScripts: number
  lockfileEntries: number
}

/** Each folder below one of these counts separately. */
const grouped = ["lib", "packages", "bench", "docs"]
const isBinary = /\.(png|ico|jpe?g|webp|woff2?)$/
/** Generated files. */
const isGenerated = /(^|\/)package-lock\.json$|^bench\/results\//

/** Counts what git tracks in a clone. */
export function measureSources(clone: string): Sources {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: clone, encoding: "utf8" })
    .split("\0")
    .filter((file) => file !== "")
  const linesByFolder = new Map<string, number[]>()
  for (const file of files.filter((file) => !isBinary.test(file) && !isGenerated.test(file))) {
    const lines = readFileSync(path.join(clone, file), "utf8").split("\n").length - 1
    for (const folder of [folderOf(file), "all"])
      linesByFolder.set(folder, [...(linesByFolder.get(folder) ?? []), lines])
  }
  const read = (file: string) => JSON.parse(readFileSync(path.join(clone, file), "utf8"))
  return {
    folders: Object.fromEntries([...linesByFolder].sort().map(([folder, lines]) => [folder, sizeOf(lines)])),
    rootItems: new Set(files.map((file) => file.split("/")[0])).size,
    npmScripts: Object.keys(read("package.json").scripts).length,
    lockfileEntries: Object.keys(read("package-lock.json").packages).length,
  }
}

function folderOf(file: string): string {
  const [top = "", next] = file.split("/")
  if (next === undefined) return "(root)"
  const isFolder = file.split("/").length > 2
  return grouped.includes(top) && isFolder ? `${top}/${next}` : top
}

function sizeOf(lines: number[]): FolderSize {
  return { files: lines.length, lines: lines.reduce((sum, count) => sum + count, 0), median: median(lines) }
}

/** @returns the middle value, or the mean of the two in the middle */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2
}
