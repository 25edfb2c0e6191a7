import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { listFiles } from "@/scripts/repository-copy"
import { type Files, filesOnDisk, importsOf } from "./reachable-imports"

/**
 * The parts of this repository, by folder or file; the longest that fits a file is its part. Each names the parts that it
 * may import, so that imports run downwards only: docs/decisions/001-layout-and-arrows.md.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  "packages/auth-bitbucket": [],
  "packages/bitbucket-emulator": [],
  // Others copy single files of it.
  registry: [],

  "lib/env": [],
  "lib/return-path.ts": ["lib/server"],
  "lib/site.ts": [],
  "lib/site-colour.ts": ["lib/site.ts"],
  // What everything may use, the database included: the log, and what there is one of in a process or a request.
  "lib/server/log.ts": ["lib/env", "lib/server/request-context.ts"],
  "lib/server/request-context.ts": ["lib/server/process-wide.ts"],
  "lib/server/process-wide.ts": [],
  "lib/db": ["lib/env", "lib/server/log.ts", "lib/server/process-wide.ts"],
  "lib/server": [
    "lib/db",
    "lib/env",
    "lib/server/log.ts",
    "lib/server/process-wide.ts",
    "lib/server/request-context.ts",
    "packages/auth-bitbucket",
  ],
  "lib/bitbucket": ["lib/env", "lib/server", "lib/server/process-wide.ts", "packages/auth-bitbucket"],
  "lib/accounts": [
    "lib/bitbucket",
    "lib/db",
    "lib/env",
    "lib/server",
    "lib/server/log.ts",
    "lib/server/process-wide.ts",
    "packages/auth-bitbucket",
  ],
  "lib/doctor": ["lib/bitbucket", "lib/db", "lib/env", "lib/server", "packages/auth-bitbucket"],
  "lib/sessions": [
    "lib/accounts",
    "lib/bitbucket",
    "lib/db",
    "lib/env",
    "lib/server",
    "lib/server/log.ts",
    "lib/server/process-wide.ts",
    "packages/auth-bitbucket",
  ],
  "lib/sign-in": [
    "lib/accounts",
    "lib/bitbucket",
    "lib/db",
    "lib/env",
    "lib/return-path.ts",
    "lib/server",
    "lib/server/log.ts",
    "lib/server/process-wide.ts",
    "lib/sessions",
    "packages/auth-bitbucket",
  ],
  // A build may leave it out, so only its own routes, its programs and the start-up name it.
  "lib/oauth1": [
    "lib/bitbucket",
    "lib/db",
    "lib/env",
    "lib/return-path.ts",
    "lib/server",
    "lib/server/log.ts",
    "lib/server/process-wide.ts",
    "lib/sessions",
    "lib/sign-in",
    "packages/auth-bitbucket",
  ],
  // A build may include the emulator, and one file asks it.
  "lib/embedded-emulator/environment.ts": ["lib/env"],
  "lib/embedded-emulator/emulator.ts": [
    "lib/db",
    "lib/embedded-emulator/environment.ts",
    "lib/env",
    "lib/server",
    "lib/server/process-wide.ts",
    "packages/bitbucket-emulator",
  ],
  "lib/embedded-emulator": [
    "lib/bitbucket",
    "lib/embedded-emulator/emulator.ts",
    "lib/embedded-emulator/environment.ts",
    "lib/env",
  ],

  components: ["lib/site.ts", "packages/auth-bitbucket"],
  app: [
    "auth.ts",
    "components",
    "lib/accounts",
    "lib/bitbucket",
    "lib/db",
    "lib/doctor",
    "lib/env",
    "lib/return-path.ts",
    "lib/server",
    "lib/server/log.ts",
    "lib/sessions",
    "lib/site.ts",
    "lib/sign-in",
    "packages/auth-bitbucket",
    "registry",
  ],
  "app/oauth1": ["lib/oauth1"],
  "app/bitbucket-emulator": ["lib/embedded-emulator/emulator.ts", "lib/sessions"],
  "auth.ts": ["lib/bitbucket", "lib/env", "lib/return-path.ts", "lib/server", "lib/sessions", "lib/sign-in"],
  "middleware.ts": ["lib/env", "lib/server", "lib/server/log.ts", "lib/sessions", "lib/sign-in"],
  "instrumentation.ts": ["lib/accounts", "lib/embedded-emulator", "lib/env", "lib/oauth1", "lib/server"],
  "next.config.ts": ["lib/embedded-emulator/environment.ts", "lib/env", "lib/server"],
  // Journeys and the programs that list them; nothing of the app imports either.
  "e2e/documentation.ts": [],
  "e2e/security/rows.ts": [],
  scripts: [
    "e2e/documentation.ts",
    "e2e/security/rows.ts",
    "lib/accounts",
    "lib/bitbucket",
    "lib/db",
    "lib/doctor",
    "lib/env",
    "lib/server",
    "lib/sessions",
    "lib/sign-in",
    "packages/auth-bitbucket",
  ],
  "scripts/oauth1": ["lib/db", "lib/env", "lib/oauth1", "packages/auth-bitbucket", "scripts"],
}

/** What others install: these know nothing of the app, nor of each other. */
const published = ["packages/auth-bitbucket", "packages/bitbucket-emulator"]

const code = (await listFiles()).filter(
  (file) => /\.(tsx?|mts)$/.test(file) && filesOnDisk.has(file) && partOf(file) !== undefined,
)

function partOf(file: string): string | undefined {
  return Object.keys(arrows)
    .filter((part) => file === part || file.startsWith(`${part}/`) || file === `${part}.ts`)
    .sort((a, b) => b.length - a.length)[0]
}

const isTest = (file: string) => /\.test\.tsx?$/.test(file)

/** What a file imports and may not: files, and packages that its package.json does not declare. */
function forbiddenImports(file: string, files: Files = filesOnDisk): string[] {
  const part = partOf(file) ?? ""
  return importsOf(file, files).flatMap(({ name, file: imported }) => {
    if (name.startsWith("node:")) return []
    if (isInternal(name)) return [`${file} -> ${name}`]
    const isEmulator = name === "bitbucket-emulator" || name.startsWith("bitbucket-emulator/")
    const target = isEmulator ? "packages/bitbucket-emulator" : imported && (partOf(imported) ?? imported)
    if (target === undefined) return isUndeclared(file, name) ? [`${file} -> ${name}`] : []
    if (target === part || arrows[part]?.includes(target)) return []
    if (isTest(file) && mayTest(part, target)) return []
    return [`${file} -> ${imported ?? name}`]
  })
}

/** Tests share `test/`, run against the emulator, and look at the app from any side. The emulator's tests are its own. */
function mayTest(part: string, target: string): boolean {
  if (part === "packages/bitbucket-emulator") return false
  return target.startsWith("test/") || target === "packages/bitbucket-emulator" || !published.includes(part)
}

/** What is not one of the package's entries is its own: this app imports what any other may. */
function isInternal(name: string): boolean {
  return /^auth-bitbucket\/.*\/|^@\/packages\/auth-bitbucket\/src\//.test(name)
}

/** What others install must work with the packages that its package.json names. Knip looks after the rest. */
function isUndeclared(file: string, name: string): boolean {
  if (!file.startsWith("packages/auth-bitbucket/src/") || isTest(file)) return false
  const manifest = JSON.parse(readFileSync("packages/auth-bitbucket/package.json", "utf8"))
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
  return !declared.some((one) => name === one || name.startsWith(`${one}/`))
}

/** The circles among files that import each other, types included: each as its files in order. */
function circlesIn(list: readonly string[], files: Files = filesOnDisk): string[] {
  const imports = new Map(
    list.map((file) => [file, importsOf(file, files).flatMap(({ file }) => file ?? [])]),
  )
  const circles = new Set<string>()
  const done = new Set<string>()
  const visit = (file: string, way: readonly string[]) => {
    const at = way.indexOf(file)
    if (at !== -1) circles.add(way.slice(at).sort().join(" <-> "))
    if (at !== -1 || done.has(file)) return
    for (const next of imports.get(file) ?? []) visit(next, [...way, file])
    done.add(file)
  }
  for (const file of list) visit(file, [])
  return [...circles]
}

test("every import goes from one part of the repository to a part that it may import", () => {
  expect(code.length).toBeGreaterThan(200)
  expect(code.flatMap((file) => forbiddenImports(file))).toEqual([])
})

test("no files import each other in a circle, not even for a type", () => {
  expect(circlesIn(code)).toEqual([])
})

test("the list of arrows has no circle either, so that there is a below and an above", () => {
  const parts = Object.keys(arrows)
  expect(parts.flatMap((part) => arrows[part]?.filter((other) => !parts.includes(other)) ?? [])).toEqual([])
  expect(circlesOfParts(parts)).toEqual([])
})

function circlesOfParts(parts: readonly string[]): string[] {
  const below = (part: string) => arrows[part] ?? []
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    below(from).some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))))
  return parts.filter((part) => reaches(part, part))
}

/** The repository with files that are not there. */
function withPlanted(planted: Readonly<Record<string, string>>): Files {
  return {
    has: (file) => file in planted || filesOnDisk.has(file),
    read: (file) => planted[file] ?? filesOnDisk.read(file),
  }
}

describe("a planted import fails", () => {
  test.each([
    ["lib/sign-in/planted.ts", `import { startOAuth1 } from "@/lib/oauth1/planted"`],
    ["lib/sign-in/planted.ts", `import { startOAuth1 } from "../oauth1/planted"`],
    ["lib/db/planted.ts", `import { sessions } from "@/lib/sessions/session-store"`],
    ["lib/db/planted.ts", `import { isReady } from "../server/readiness"`],
    ["lib/db/planted.ts", `import type { SignInFailure } from "@/lib/sign-in/failures"`],
    ["lib/db/planted.ts", `export { default } from "@/app/layout"`],
    ["lib/server/telemetry/planted.ts", `import { sessions } from "../../sessions/session-store"`],
    ["lib/server/telemetry/planted.ts", `export * from "../../sessions/session-store"`],
    ["lib/server/telemetry/planted.ts", `const store = await import("../../sessions/session-store")`],
    ["lib/server/telemetry/planted.ts", `type Store = typeof import("../../sessions/session-store")`],
    [
      "lib/server/telemetry/planted.ts",
      `import {\n  type A,\n  b as c,\n} from "../../sessions/session-store"`,
    ],
    ["lib/server/planted.ts", `import "@/app/layout"`],
    ["lib/env/planted.ts", `import { log } from "../server/log"`],
    ["lib/sessions/planted.ts", `import { Badge } from "@/components/badge"`],
    ["components/planted.tsx", `import { db } from "@/lib/db/client"`],
    ["components/planted.tsx", `import type { Session } from "@/lib/sessions/current-session"`],
    ["app/planted.ts", `import { emulate } from "bitbucket-emulator"`],
    ["app/bitbucket-emulator/planted.ts", `import { emulate } from "bitbucket-emulator"`],
    ["lib/embedded-emulator/planted.ts", `import { createRouteHandler } from "bitbucket-emulator/next"`],
    ["lib/server/planted.ts", `import { emulator } from "@/lib/embedded-emulator/emulator"`],
    ["app/planted.ts", `import { registerOAuth1 } from "@/lib/oauth1/planted"`],
    ["app/planted.ts", `import { run } from "@/scripts/run"`],
    ["scripts/planted.ts", `import { emulate } from "bitbucket-emulator"`],
    ["packages/auth-bitbucket/src/planted.ts", `import { environment } from "../../../lib/env"`],
    ["packages/auth-bitbucket/src/planted.ts", `import type { Environment } from "@/lib/env"`],
    ["packages/auth-bitbucket/src/planted.ts", `import { NextResponse } from "next/server"`],
    ["packages/auth-bitbucket/src/planted.ts", `import type { NextRequest } from "next/server"`],
    ["packages/auth-bitbucket/src/planted.test.ts", `import { environment } from "@/lib/env"`],
    ["lib/server/planted.ts", `import { token } from "auth-bitbucket/oauth/token-set"`],
    ["lib/server/planted.test.ts", `import { token } from "@/packages/auth-bitbucket/src/oauth/token-set"`],
    ["packages/bitbucket-emulator/planted.ts", `import { createClient } from "auth-bitbucket/client"`],
    ["packages/bitbucket-emulator/planted.ts", `import { environment } from "../../lib/env"`],
  ])("in %s: %s", (file, content) => {
    const files = withPlanted({ [file]: content, "lib/oauth1/planted.ts": "" })
    expect(forbiddenImports(file, files)).toHaveLength(1)
  })

  test("of types in both directions between two files", () => {
    const planted = {
      "lib/server/planted-one.ts": `import type { Two } from "./planted-two"`,
      "lib/server/planted-two.ts": `import type { One } from "./planted-one"`,
    }
    expect(circlesIn(Object.keys(planted), withPlanted(planted))).toEqual([
      "lib/server/planted-one.ts <-> lib/server/planted-two.ts",
    ])
  })

  test("of a file that does not exist", () => {
    const files = withPlanted({ "lib/db/planted.ts": `import { nothing } from "@/lib/nothing"` })
    expect(() => forbiddenImports("lib/db/planted.ts", files)).toThrow("which is not there")
  })
})
