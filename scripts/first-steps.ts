import { spawn, spawnSync } from "node:child_process"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { readCodeBlocks } from "../e2e/documentation"
import { copyRepository } from "./repository-copy"
import { freePort } from "./server-process"

/**
 * `npm run test:first-steps`: the first commands of the README, as written, in an empty folder. The demo is signed in to
 * and stopped; with --all, the tests run too.
 */
const folder = await mkdtemp(path.join(tmpdir(), "first-steps-"))
const [demo = "", test = ""] = readCodeBlocks("README.md")
  .filter(({ language }) => language === "sh")
  .map(({ text }) => text.trim())
await copyRepository(folder)

const names = ["PORT", "EMULATOR_SITE_PORT", "EMULATOR_API_PORT", "POSTGRES_PORT"]
const ports = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, String(await freePort())] as const)),
)
try {
  await tryDemo()
  if (process.argv.includes("--all")) runToItsEnd(test)
  console.log("\nThe first steps of the README work in an empty folder.")
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function tryDemo(): Promise<void> {
  console.log(`$ ${demo}`)
  const startedAt = performance.now()
  const child = spawn("bash", ["-c", demo], {
    cwd: folder,
    env: { ...process.env, ...ports },
    detached: true,
  })
  let output = ""
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
  const isReady = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        output += chunk
        if (output.includes("Ready.")) resolve()
      })
    void ended.then(() => reject(new Error(`The demo ended:\n${output}`)))
  })
  await isReady
  console.log(`Ready after ${Math.round((performance.now() - startedAt) / 1000)} s.`)
  runToItsEnd("npx tsx packages/bitbucket-emulator/scripts/trace.ts > trace.md && grep -c '^#' trace.md")
  if (child.pid) process.kill(-child.pid, "SIGINT")
  await ended
}

function runToItsEnd(command: string): void {
  console.log(`$ ${command}`)
  const { status } = spawnSync("bash", ["-c", command], {
    cwd: folder,
    stdio: "inherit",
    env: { ...process.env, ...ports },
  })
  if (status !== 0) throw new Error(`${command} ended with ${status}`)
}
