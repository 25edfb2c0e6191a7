import { spawnSync } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { readCodeBlocks } from "../documentation"
import { startPostgresForTests } from "../postgres"

const page = "docs/use-in-your-app.md"

/** Runs once: follows the page's steps, in order, in an empty folder. */
export default async function prepare(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "reuse-"))
  const app = path.join(folder, "my-app")
  for (const [index, { language, text, line }] of readCodeBlocks(page).entries()) {
    if (language === "ts" || language === "tsx") await writePage(app, text)
    else run(text, index === 0 ? folder : app, `${page}:${line}`)
  }
  process.env.E2E_REUSE_FOLDER = app
  const stopPostgres = await startPostgresForTests()
  return async () => {
    await stopPostgres()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A block of code begins with the name of its file. */
async function writePage(app: string, text: string): Promise<void> {
  const [, name] = /^\/\/ (\S+)\n/.exec(text) ?? []
  if (!name) throw new Error(`A block of ${page} does not say which file it is`)
  await mkdir(path.dirname(path.join(app, name)), { recursive: true })
  await writeFile(path.join(app, name), text)
}

function run(script: string, cwd: string, where: string): void {
  process.stdout.write(`  ${where}\n`)
  const { status, stdout, stderr } = spawnSync("bash", ["-euo", "pipefail", "-c", script], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, SOURCE: process.cwd(), NODE_OPTIONS: "", CI: "1" },
  })
  if (status !== 0) throw new Error(`${where} failed:\n${stdout}${stderr}`)
}
