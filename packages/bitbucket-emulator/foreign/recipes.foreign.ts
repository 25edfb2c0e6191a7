import { execFileSync, spawnSync } from "node:child_process"
import { once } from "node:events"
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { openNamespace } from "../test/reach/namespace.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
const readme = readFileSync(join(root, "README.md"), "utf8")

/** The test runners that the recipes are for, installed with the package as a user would. */
const RUNNERS = ["jest@30.2.0", "vitest@4.1.12", "@playwright/test@1.65.1"]

/** A separate project, with the package as it would be published. */
let project = ""
let tarball = ""

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "emulator-recipes-"))
  const [, command = ""] = /`(npm run build -w \S+ && npm pack -w \S+)`/.exec(readme) ?? []
  const packed = execFileSync("sh", ["-c", `${command} --silent --pack-destination ${project}`], {
    cwd: join(root, "../.."),
    encoding: "utf8",
  })
  tarball = packed.trim().split("\n").at(-1) ?? ""
  writeFileSync(join(project, "package.json"), "{}")
  run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", `./${tarball}`, ...RUNNERS])
}, 300_000)

afterAll(() => {
  rmSync(project, { recursive: true, force: true })
})

/** Runs a program to its end, in the project or a folder of it. @throws Error with all that it printed */
function run(program: string, args: readonly string[], folder = "."): string {
  const { status, stdout, stderr } = spawnSync("env", [`PATH=${path()}`, program, ...args], {
    cwd: join(project, folder),
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`)
  return stdout + stderr
}

/** The package's program is found by name, as npm scripts find it. */
function path(): string {
  const inherited = execFileSync("sh", ["-c", 'printf %s "$PATH"'], { encoding: "utf8" })
  return [join(project, "node_modules/.bin"), inherited].join(delimiter)
}

/** Writes the README's block that begins with the name of `file` into a folder, with the test's own additions. */
function follow(folder: string, file: string, others: Record<string, string> = {}): void {
  const block = readme.match(
    new RegExp(`^\`\`\`\\w+\\n(?://|#) ${file.replace(".", "\\.")}\\b.*\\n[\\s\\S]*?^\`\`\`$`, "m"),
  )
  if (block === null) throw new Error(`The README has no recipe for ${file}`)
  mkdirSync(join(project, folder))
  const text = block[0].split("\n").slice(1, -1).join("\n")
  for (const [name, content] of Object.entries({ ...others, [file]: text })) {
    writeFileSync(join(project, folder, name), `${content}\n`)
  }
}

test("npx starts the program from the packed file", () => {
  const [, command = ""] = /^(npx --yes --package=\S+ bitbucket-emulator)$/m.exec(readme) ?? []
  expect(command).toContain(tarball)
  mkdirSync(join(project, "npx"))
  writeFileSync(join(project, "npx", "package.json"), "{}")
  copyFileSync(join(project, tarball), join(project, "npx", tarball))
  const [program = "", ...args] = command.split(" ")
  expect(run(program, [...args, "--version"], "npx")).toMatch(/^\d+\.\d+\.\d+$/m)
})

test("the recipe for vitest", () => {
  follow("with-vitest", "global-setup.ts", {
    "vitest.config.mjs": 'export default { test: { globalSetup: "./global-setup.ts" } }',
    "sign-in.test.mjs": `import { expect, inject, test } from "vitest"
test("the emulator answers", async () => {
  expect((await fetch(inject("bitbucket").siteUrl)).status).toBe(200)
})`,
  })
  expect(run("vitest", ["run", "--root", "."], "with-vitest")).toMatch(/Tests.*1 passed/)
})

test("the recipe for Jest", () => {
  follow("with-jest", "sign-in.test.js", { "package.json": "{}" })
  expect(run("jest", ["--rootDir", "."], "with-jest")).toMatch(/Tests:.*1 passed/)
})

test("the recipe for Playwright", () => {
  follow("with-playwright", "playwright.config.ts", {
    "sign-in.spec.ts": `import { expect, test } from "@playwright/test"
test("the sign-in page is there", async ({ request }) => {
  expect(await (await request.get("/account/signin/")).text()).toContain("Sign in to the emulated Bitbucket")
})`,
  })
  expect(run("playwright", ["test"], "with-playwright")).toMatch(/1 passed/)
})

test("the recipe for pytest", () => {
  follow("with-pytest", "conftest.py", {
    "test_sign_in.py": `import urllib.request


def test_the_sign_in_page_is_there(bitbucket):
    assert urllib.request.urlopen(f"{bitbucket['site_url']}/account/signin/").status == 200`,
  })
  expect(run("/usr/bin/python3", ["-m", "pytest", "-q"], "with-pytest")).toMatch(/1 passed/)
})

test("the recipe for Go", () => {
  follow("with-go", "bitbucket_test.go", { "go.mod": "module bitbucket\n\ngo 1.19" })
  expect(run("go", ["test", "./..."], "with-go")).toMatch(/^ok\s/m)
})

test("the Dockerfile's steps give a server that its own health check finds healthy", async () => {
  const dockerfile = readFileSync(join(root, "Dockerfile"), "utf8")
  const [, install = ""] = /^RUN (npm install .*?) && rm/m.exec(dockerfile) ?? []
  const entrypoint: string[] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? "[]")
  const healthCheck: string[] = JSON.parse(/^HEALTHCHECK .*CMD (.*)$/m.exec(dockerfile)?.[1] ?? "[]")
  const image = join(project, "image")
  mkdirSync(image)
  run("sh", ["-c", `${install.replaceAll("/tmp/", `${project}/`)} --prefix ${image}`])
  const container = await openNamespace()
  const [program = "", ...options] = entrypoint
  const server = container.spawn([join(image, "bin", program), ...options])
  try {
    await vi.waitFor(() => container.run(healthCheck), { timeout: 30_000, interval: 200 })
    const ended = once(server, "close")
    server.kill("SIGTERM")
    await ended
    await expect(container.run(healthCheck)).rejects.toThrow("ended with 1")
  } finally {
    server.kill("SIGKILL")
    await container.close()
  }
})
