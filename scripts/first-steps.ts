import { spawn, spawnSync } from "node:child_process"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { readCodeBlocks } from "../e2e/documentation"
import { copyRepository } from "./repository-copy"
import { freePort } from "./server-process"

/**
 * `npm run test:first-steps`: gets this repository in the two ways that people do, and runs the first command of the
 * README in each, up to a sign-in at the demo. With --all, the README's test command runs in the clone too.
 */
const CREATE_NEXT_APP = "create-next-app@16.4.3"

const [demoCommand = "", testCommand = ""] = readCodeBlocks("README.md")
  .filter(({ language }) => language === "sh")
  .map(({ text }) => text.trim())

const folder = await mkdtemp(path.join(tmpdir(), "first-steps-"))
try {
  const repository = await createRepository()

  console.log("From git clone")
  const clone = path.join(folder, "clone")
  runToItsEnd(`git clone --quiet ${repository} ${clone}`, folder)
  await tryDemo(clone, demoCommand)
  if (process.argv.includes("--all")) runToItsEnd(testCommand, clone)
  await rm(clone, { recursive: true, force: true })

  console.log("From create-next-app")
  await createFromExample(repository)
  // create-next-app has installed the packages.
  await tryDemo(path.join(folder, "my-app"), "npm run demo")
  console.log("\nThe first steps of the README work from git clone and from create-next-app.")
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** A repository with one commit: this one as it is now, changes included. */
async function createRepository(): Promise<string> {
  const repository = path.join(folder, "sign-in-with-bitbucket-main")
  await mkdir(repository)
  await copyRepository(repository)
  const author = "-c user.name=first-steps -c user.email=first-steps@example.com"
  runToItsEnd(`git init -q -b main && git add -A && git ${author} commit -q -m "The repository"`, repository)
  return repository
}

/**
 * Runs create-next-app from npm. It accepts only GitHub URLs as examples, so scripts/github-stand-in.mjs answers for GitHub
 * from a local archive in GitHub's format.
 */
async function createFromExample(repository: string): Promise<void> {
  const archive = path.join(folder, "archive.tar.gz")
  const prefix = path.basename(repository)
  runToItsEnd(`git archive --format=tar.gz --prefix=${prefix}/ -o ${archive} main`, repository)
  const standIn = path.resolve("scripts/github-stand-in.mjs")
  runToItsEnd(
    `npx --yes ${CREATE_NEXT_APP} my-app --use-npm --example https://github.com/example/sign-in-with-bitbucket`,
    folder,
    { FIRST_STEPS_ARCHIVE: archive, NODE_OPTIONS: `--import=${standIn}` },
  )
}

async function tryDemo(app: string, command: string): Promise<void> {
  const names = ["PORT", "EMULATOR_SITE_PORT", "EMULATOR_API_PORT", "POSTGRES_PORT"]
  const ports = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, String(await freePort())] as const)),
  )
  console.log(`$ ${command}`)
  const startedAt = performance.now()
  const child = spawn("bash", ["-c", command], {
    cwd: app,
    env: { ...process.env, ...ports },
    detached: true,
  })
  let output = ""
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
  try {
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk) => {
          output += chunk
          if (output.includes("Ready.")) resolve()
        })
      void ended.then(() => reject(new Error(`The demo ended:\n${output}`)))
    })
    console.log(`Ready after ${Math.round((performance.now() - startedAt) / 1000)} s.`)
    const trace = "npx tsx packages/bitbucket-emulator/scripts/trace.ts"
    runToItsEnd(`${trace} > trace.md && grep -c '^#' trace.md`, app, ports)
  } finally {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, "SIGINT")
  }
  await ended
}

function runToItsEnd(command: string, cwd: string, environment: Record<string, string> = {}): void {
  console.log(`$ ${command}`)
  const { status } = spawnSync("bash", ["-c", command], {
    cwd,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  })
  if (status !== 0) throw new Error(`${command} ended with ${status}`)
}
