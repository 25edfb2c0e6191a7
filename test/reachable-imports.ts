import { existsSync, readFileSync } from "node:fs"
import path from "node:path"

const statement =
  /^\s*(?:import|export)\s(?!type\s)[^"';]*?\bfrom\s+"([^"]+)"|^\s*import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm
const endings = [".ts", ".tsx", "/index.ts"]

/**
 * What a module of this repository loads, and what that loads in turn.
 *
 * @param entry its path from the root of the repository
 * @returns files of this repository, and packages by the name that they are imported by
 */
export function reachableImports(entry: string): { files: string[]; packages: string[] } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string) => {
    if (files.has(file)) return
    files.add(file)
    for (const [, from, alone, later] of readFileSync(file, "utf8").matchAll(statement)) {
      const name = from ?? alone ?? later ?? ""
      const own = fileOf(name, file)
      if (own) visit(own)
      else if (!name.startsWith("node:")) packages.add(name)
    }
  }
  visit(entry)
  return { files: [...files].sort(), packages: [...packages].sort() }
}

/** @returns undefined for a package */
function fileOf(name: string, importer: string): string | undefined {
  const isOwn = name.startsWith("@/") || name.startsWith(".")
  if (!isOwn) return undefined
  const place = name.startsWith("@/") ? name.slice(2) : path.join(path.dirname(importer), name)
  const file = ["", ...endings]
    .map((ending) => place + ending)
    .find((one) => path.extname(one) && existsSync(one))
  if (!file) throw new Error(`${importer} imports ${name}, which is not there`)
  return file
}
