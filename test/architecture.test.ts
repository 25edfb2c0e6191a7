import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"

const page = await readFile("docs/architecture.md", "utf8")

/** The rows of the table below a heading: a file, and the functions to look for in it. */
function walkBelow(heading: string): { file: string; functions: string[] }[] {
  const section = page.split(`### ${heading}\n`)[1]?.split("\n## ")[0]?.split("\n### ")[0] ?? ""
  return [...section.matchAll(/^\| \[`([^`]+)`\]\([^|]+\| ([^|]+)\|/gm)].map(([, file = "", names = ""]) => ({
    file,
    functions: [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
  }))
}

test.each([
  ["The refresh token", 8],
  ["`next`, the page to return to", 6],
  ["The body of `/2.0/user`", 8],
])("the walk of %s names files that are there, %i at most, and functions in them", async (heading, most) => {
  const walk = walkBelow(heading)
  expect(walk.length).toBeGreaterThan(4)
  expect(new Set(walk.map(({ file }) => file)).size).toBeLessThanOrEqual(most)
  for (const { file, functions } of walk) {
    expect(functions).not.toEqual([])
    const code = await readFile(file, "utf8")
    for (const name of functions) expect(code, file).toMatch(new RegExp(`\\b${name}\\b`))
  }
})
