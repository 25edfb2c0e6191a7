import { spawnSync } from "node:child_process"
import path from "node:path"

/** `npm run bench`: installs what only the measurements need, then runs the one that is named first. */
const folder = import.meta.dirname
const root = path.join(folder, "..")
const [name = "", ...rest] = process.argv.slice(2)

if (!["house", "get-token", "scale", "--help", "--table"].includes(name))
  run("npm", ["ci", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error"])
if (name === "house") measure("bench/house/run.ts", rest)
else if (name === "get-token") measure("bench/get-token.ts", rest)
else if (name === "scale") measure("bench/scale/run.ts", rest)
else if (name === "refresh") measure("bench/refresh/run.ts", rest)
else if (name === "lighthouse")
  node(
    "node_modules/@playwright/test/cli.js",
    "test",
    "--config",
    "bench/lighthouse/lighthouse.config.ts",
    ...rest,
  )
else measure("bench/side-by-side/run.ts", process.argv.slice(2))

/** The condition is for modules of the app that are for servers only. */
function measure(program: string, args: readonly string[]): void {
  node("--conditions=react-server", "--import", "tsx", program, ...args)
}

function node(...args: string[]): void {
  run(process.execPath, ["--conditions=bitbucket-emulator-source", ...args])
}

/** Ends this process with the exit code of one that fails. Ctrl-C reaches both. */
function run(program: string, args: string[]): void {
  const { status } = spawnSync(program, args, { cwd: root, stdio: "inherit" })
  if (status !== 0) process.exit(status ?? 1)
}
