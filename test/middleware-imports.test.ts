import { existsSync, readFileSync, statSync } from "node:fs"
import path from "node:path"
import { expect, test } from "vitest"

const root = path.resolve(import.meta.dirname, "..")

/** What runs before every page: a file more is no accident, and a package more is a decision. */
const MOST_FILES = 25
const packages = [
  "@auth/core/jwt",
  "drizzle-orm",
  "next/server",
  "pg",
  "pino",
  "rate-limiter-flexible",
  "zod",
]

test("the middleware reaches few files and no page, profile or renewal", () => {
  const reached = reachableFrom("middleware.ts")
  expect(reached.files.length).toBeGreaterThan(5)
  expect(reached.files.length).toBeLessThanOrEqual(MOST_FILES)
  const ofPages = reached.files.filter((file) =>
    /^(app|components|lib\/(connections|bitbucket|oauth))\//.test(file),
  )
  // The Content Security Policy names the hosts of pictures.
  expect(ofPages).toEqual(["lib/bitbucket/avatar.ts"])
  expect(
    reached.packages.filter(
      (name) => !packages.some((known) => name === known || name.startsWith(`${known}/`)),
    ),
  ).toEqual([])
})

/** `import … from`, `export … from` and `import "…"`; `export const a = "…"` is none of them. */
const importPattern = /^(?:import|export)\s+(?!type\b)(?:[\w\s{},*]*\sfrom\s+)?["']([^"']+)["']/gm

/** The files and packages that a file imports, and whatever these import; types are gone at run time. */
function reachableFrom(entry: string): { files: string[]; packages: string[] } {
  const files = new Set<string>()
  const found = new Set<string>()
  const open = [entry]
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (files.has(file)) continue
    files.add(file)
    const text = readFileSync(path.join(root, file), "utf8")
    for (const [, specifier = ""] of text.matchAll(importPattern)) {
      const local = specifier.startsWith("@/")
        ? specifier.slice(2)
        : specifier.startsWith(".")
          ? path.join(path.dirname(file), specifier)
          : undefined
      if (local !== undefined) open.push(resolveFile(local))
      else if (!specifier.startsWith("node:") && specifier !== "server-only") found.add(specifier)
    }
  }
  return { files: [...files].sort(), packages: [...found].sort() }
}

function resolveFile(local: string): string {
  const candidates = [local, `${local}.ts`, `${local}.tsx`]
  const file = candidates.find(
    (one) => existsSync(path.join(root, one)) && statSync(path.join(root, one)).isFile(),
  )
  if (!file) throw new Error(`${local} is nowhere`)
  return file
}
