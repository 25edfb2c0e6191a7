import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"

const linesOf = async (file: string) => (await readFile(file, "utf8")).split("\n").filter(Boolean)

test("nothing that git leaves out gets into an image, and neither does git's own folder", async () => {
  const ignored = await linesOf(".dockerignore")
  expect(ignored).toContain(".git/")
  for (const line of await linesOf(".gitignore")) expect(ignored).toContain(line)
})

test("an image is built from the lockfile, on the Node that is named for deployment, and does not run as root", async () => {
  const steps = await linesOf("Dockerfile")
  const [major] = await linesOf(".nvmrc")
  expect(steps.filter((step) => step.startsWith("FROM ")).map((step) => step.split(" ")[1])).toEqual([
    `node:${major}-slim`,
    `node:${major}-slim`,
  ])
  expect(steps).toContain("RUN npm ci")
  expect(steps.slice(-4)).toContain("USER node")
})
