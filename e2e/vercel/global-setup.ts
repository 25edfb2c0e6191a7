import { spawnSync } from "node:child_process"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"
import { copyRepository } from "../../scripts/repository-copy"
import { startPostgresForTests } from "../postgres"

/** The newest version that installs without scripts of its own, and builds without network requests to Vercel. */
const CLI = "vercel@60.0.0"

/** What `vercel link` would write. */
const project = {
  projectId: "prj_unused",
  orgId: "team_unused",
  settings: { framework: "nextjs", installCommand: "npm ci", nodeVersion: "24.x" },
}

type Folders = [cli: string, app: string, demo: string]

/** Planted where a build could pick them up; the test looks for them in the output. */
const planted = {
  AUTH_SECRET: "planted-auth-secret-0123456789abcdef",
  AUTH_BITBUCKET_SECRET: "planted-client-secret-0123456789",
  CRON_SECRET: "planted-cron-secret-0123456789",
}

/**
 * Runs once: installs the CLI outside the projects, runs `vercel build` in two copies, and starts a Postgres. The second copy is a
 * preview with the emulator built in.
 */
export default async function prepare(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "vercel-"))
  const [cli, app, demo] = ["cli", "app", "demo"].map((name) => path.join(folder, name)) as Folders
  await mkdir(cli)
  await writeFile(path.join(cli, "package.json"), "{}")
  run("npm", ["install", "--no-save", "--ignore-scripts", CLI], cli)

  const vercel = path.join(cli, "node_modules/.bin/vercel")
  const build = async (copy: string, flags: string[], environment: Record<string, string>) => {
    await mkdir(path.join(copy, ".vercel"), { recursive: true })
    await copyRepository(copy)
    await writeFile(path.join(copy, ".vercel/project.json"), JSON.stringify(project))
    run(vercel, ["build", ...flags, "--yes", "--token", "unused"], copy, {
      ...environment,
      VERCEL_TELEMETRY_DISABLED: "1",
      XDG_DATA_HOME: folder,
    })
  }
  await build(app, ["--prod"], planted)
  await build(demo, [], { EMBEDDED_EMULATOR: "1" })
  Object.assign(process.env, {
    E2E_VERCEL_PROJECT: app,
    E2E_VERCEL_DEMO: demo,
    E2E_PLANTED: JSON.stringify(Object.values(planted)),
  })

  const stopPostgres = await startPostgresForTests()
  return async () => {
    await stopPostgres()
    await rm(folder, { recursive: true, force: true })
  }
}

function run(program: string, args: string[], cwd: string, env: Record<string, string> = {}): void {
  process.stdout.write(`  ${path.basename(program)} ${args.join(" ")}\n`)
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...env },
  })
  if (status !== 0) throw new Error(`${program} ${args[0]} failed:\n${stdout}${stderr}`)
}
