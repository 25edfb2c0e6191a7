import { execFileSync } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { expect, onTestFinished, test, vi } from "vitest"
import { fingerprintSources, isBuildCurrent, noteBuild } from "./demo-build"

async function createProject() {
  const folder = await mkdtemp(path.join(tmpdir(), "demo-build-"))
  onTestFinished(() => rm(folder, { recursive: true }))
  execFileSync("git", ["init", "-q"], { cwd: folder })
  const write = async (file: string, text: string) => {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), text)
  }
  await write(".gitignore", ".next/\nnode_modules/\n.env*\n")
  await write("app/page.tsx", "one")
  await write(".next/BUILD_ID", "first")
  return { folder, write, fingerprint: () => fingerprintSources(folder) }
}

test("the demo reuses its build while the sources are the same", async () => {
  const { folder, fingerprint } = await createProject()
  expect(await isBuildCurrent(await fingerprint(), folder)).toBe(false)
  await noteBuild(await fingerprint(), folder)
  expect(await isBuildCurrent(await fingerprint(), folder)).toBe(true)
})

test.each([
  ["a page", "app/page.tsx"],
  ["a new file", "app/other/page.tsx"],
  ["the lockfile", "package-lock.json"],
  ["an environment file", ".env.local"],
])("the demo builds again after a change of %s", async (_, file) => {
  const { folder, write, fingerprint } = await createProject()
  await noteBuild(await fingerprint(), folder)
  await write(file, "two")
  expect(await isBuildCurrent(await fingerprint(), folder)).toBe(false)
})

test("the demo builds again with the legacy sign-in, and after a build of another kind", async () => {
  const { folder, write, fingerprint } = await createProject()
  await noteBuild(await fingerprint(), folder)
  vi.stubEnv("BITBUCKET_OAUTH1_KEY", "key")
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(await isBuildCurrent(await fingerprint(), folder)).toBe(false)
  vi.unstubAllEnvs()
  await write(".next/BUILD_ID", "second")
  expect(await isBuildCurrent(await fingerprint(), folder)).toBe(false)
})

test.each(["", '{"sources":"', "[]", "null"])("the demo builds again if its note says %j", async (text) => {
  const { folder, write, fingerprint } = await createProject()
  await write(".next/demo-build.json", text)
  expect(await isBuildCurrent(await fingerprint(), folder)).toBe(false)
})

test("the demo does not build again after a change of tests or documentation", async () => {
  const { folder, write, fingerprint } = await createProject()
  await noteBuild(await fingerprint(), folder)
  for (const file of ["docs/demo.md", "e2e/demo.spec.ts", "lib/demo.test.ts", "README.md"])
    await write(file, "two")
  expect(await isBuildCurrent(await fingerprint(), folder)).toBe(true)
})
