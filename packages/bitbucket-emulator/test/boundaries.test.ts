import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))
const sources = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
  (path) => path.endsWith(".ts") && !/^dist\/|(^|\/)node_modules\//.test(path),
)

function sourceOf(path: string): string {
  return readFileSync(`${root}/${path}`, "utf8")
}

function importsOf(path: string): string[] {
  return importsIn(sourceOf(path))
}

function importsIn(source: string): string[] {
  return [...source.matchAll(/(?:\bfrom|^import|\bimport\()\s*"([^"\n]+)"/gm)].map(
    ([, specifier]) => specifier ?? "",
  )
}

test("the emulator imports nothing from the project around it", () => {
  expect(sources.length).toBeGreaterThan(30)
  for (const path of sources) {
    for (const specifier of importsOf(path)) {
      expect(specifier, path).not.toMatch(/^@\//)
      if (!specifier.startsWith(".")) continue
      const target = new URL(specifier, `file:///emulator/${path}`).pathname
      expect(target, path).toMatch(/^\/emulator\//)
    }
  }
})

test("its other imports are in its own package.json, or from Node or the test runner", () => {
  const { name: ownName, dependencies, devDependencies } = JSON.parse(sourceOf("package.json"))
  for (const path of sources) {
    // The run itself installs their programs, and their code is for a separate project.
    if (path.startsWith("foreign/")) continue
    const isPublished = !/^(test|bench|foreign|scripts)\/|\.test\.ts$/.test(path)
    const allowed = isPublished
      ? Object.keys(dependencies)
      : [ownName, ...Object.keys({ ...dependencies, ...devDependencies })]
    for (const specifier of importsOf(path)) {
      if (/^(\.|node:)/.test(specifier) || /^vitest(\/|$)/.test(specifier)) continue
      const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/")
      expect(allowed, `${path} imports ${specifier}`).toContain(name)
    }
  }
})

test("published code imports neither tests nor benchmarks", () => {
  for (const path of sources.filter((path) => !/^(test|bench|foreign|scripts)\/|\.test\.ts$/.test(path))) {
    for (const specifier of importsOf(path)) {
      expect(specifier, path).not.toMatch(/\/(test|bench|foreign|scripts)\//)
    }
  }
})

test("the project around it never imports its internals, and only tests and tools import it, by its name", () => {
  const project = fileURLToPath(new URL("../..", import.meta.url))
  const isOurs = (path: string) =>
    /\.(ts|tsx|mts|mjs|js)$/.test(path) &&
    !/(^|\/)(node_modules|dist|test-results)\/|^(emulator|\.[^/]+)\//.test(path)
  const listed = execFileSync("git", ["ls-files"], { cwd: project, encoding: "utf8" }).split("\n")
  const files = listed.filter(isOurs).filter((path) => existsSync(`${project}/${path}`))
  expect(files.length).toBeGreaterThan(20)
  for (const path of files) {
    const mayImport = /^(test|e2e|bench|scripts)\/|^lib\/embedded-emulator\/emulator\.ts$|\.test\.tsx?$/.test(
      path,
    )
    for (const specifier of importsIn(readFileSync(`${project}/${path}`, "utf8"))) {
      expect(specifier, path).not.toMatch(/^[.@].*\/emulator(\/|$)/)
      if (!mayImport) expect(specifier, path).not.toMatch(/^bitbucket-emulator(\/|$)/)
    }
  }
})

test("time comes from the clock alone", () => {
  for (const path of sources) {
    if (path === "clock.ts" || path.endsWith(".test.ts")) continue
    expect(sourceOf(path), path).not.toMatch(/Date\.now\(\)|new Date\(\)/)
  }
})

test("randomness comes from one place", () => {
  for (const path of sources) {
    if (path === "randomness.ts" || path.endsWith(".test.ts")) continue
    expect(sourceOf(path), path).not.toMatch(
      /Math\.random|randomUUID|getRandomValues|import \{[^}]*randomBytes/,
    )
  }
})
