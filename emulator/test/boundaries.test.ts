import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))
const sources = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
  (path) => path.endsWith(".ts") && !/^(dist|node_modules)\//.test(path),
)

function sourceOf(path: string): string {
  return readFileSync(`${root}/${path}`, "utf8")
}

function importsOf(path: string): string[] {
  return [...sourceOf(path).matchAll(/(?:\bfrom|^import|\bimport\()\s*"([^"\n]+)"/gm)].map(
    ([, specifier]) => specifier ?? "",
  )
}

test("the emulator imports nothing of the project around it", () => {
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

test("what it imports from elsewhere is in its own package.json, or Node's, or the test runner's", () => {
  const { dependencies } = JSON.parse(sourceOf("package.json"))
  for (const path of sources) {
    for (const specifier of importsOf(path)) {
      if (/^(\.|node:)/.test(specifier) || /^vitest(\/|$)/.test(specifier)) continue
      const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/")
      expect(Object.keys(dependencies), `${path} imports ${specifier}`).toContain(name)
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
