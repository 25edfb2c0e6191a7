import { existsSync, readFileSync } from "node:fs"
import path from "node:path"

/** One `import`, `export … from`, `import()` or `require()` of a file. */
export type Import = {
  /** As it is written: `./cookies`, `@/lib/env`, `zod`. */
  name: string
  /** The file of this repository that it means; undefined for a package. */
  file: string | undefined
  /** Whether only types are imported, which the build leaves out. */
  isType: boolean
}

/** Where TypeScript finds modules that are neither relative nor packages, as `paths` of tsconfig.json says. */
const aliases: readonly [prefix: string, folder: string][] = [
  ["@/", ""],
  ["auth-bitbucket/", "packages/auth-bitbucket/src/"],
]
const endings = ["", ".ts", ".tsx", "/index.ts"]

/** The files of this repository, by their path from its root. Tests add files that are not there. */
export type Files = { has: (file: string) => boolean; read: (file: string) => string }

export const filesOnDisk: Files = {
  has: (file) => existsSync(file),
  read: (file) => readFileSync(file, "utf8"),
}

const fromClause = /^\s*(?:import|export)\s+(type\s)?[\w\s{},*$]*?\bfrom\s*["']([^"']+)["']/gm
const sideEffect = /^\s*import\s*["']([^"']+)["']/gm
const call = /\b(?:(typeof)\s+)?(?:import|require)\(\s*(?:\/\*.*?\*\/\s*)?(["'`])([^"'`]*)\2/g

/**
 * Every import of a file, type-only ones included.
 *
 * @throws if a relative path or an alias leads to no file
 */
export function importsOf(file: string, files: Files = filesOnDisk): Import[] {
  const code = files.read(file)
  const found: { name: string; isType: boolean }[] = []
  for (const [, type, name = ""] of code.matchAll(fromClause)) found.push({ name, isType: Boolean(type) })
  for (const [, name = ""] of code.matchAll(sideEffect)) found.push({ name, isType: false })
  for (const [, type, , name = ""] of code.matchAll(call)) {
    const isTextOfTest = name.includes("${") && /(^|\/)test\/|\.test\.ts$/.test(file)
    if (!isTextOfTest) found.push({ name, isType: Boolean(type) })
  }
  return found.map(({ name, isType }) => ({ name, isType, file: resolveImport(name, file, files) }))
}

/**
 * What a module of the app loads, and what that loads in turn. Leaves out type-only imports and the insides of packages.
 *
 * @param entry its path from the root of the repository
 * @returns files of the app, and packages by the name that they are imported by
 */
export function reachableImports(entry: string): { files: string[]; packages: string[] } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string) => {
    if (files.has(file)) return
    files.add(file)
    for (const { name, file: imported, isType } of importsOf(file)) {
      if (isType) continue
      if (imported && !imported.startsWith("packages/")) visit(imported)
      else if (!name.startsWith("node:")) packages.add(name)
    }
  }
  visit(entry)
  return { files: [...files].sort(), packages: [...packages].sort() }
}

/** @returns undefined for a package */
function resolveImport(name: string, importer: string, files: Files): string | undefined {
  const alias = aliases.find(([prefix]) => name.startsWith(prefix))
  if (!alias && !name.startsWith(".")) return undefined
  const place = alias
    ? path.join(alias[1], name.slice(alias[0].length))
    : path.join(path.dirname(importer), name)
  const file = endings.map((ending) => place + ending).find((one) => path.extname(one) && files.has(one))
  if (!file) throw new Error(`${importer} imports ${name}, which is not there`)
  return file
}
