import { spawnSync } from "node:child_process"
import path from "node:path"

/** `npm run bench`: installs what only the benchmarks need, then runs the one named by the first argument. */
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

/** The condition lets server-only modules of the app load. */
function measure(program: string, args: readonly string[]): void {
  node("--conditions=react-server", "--import", "tsx", program, ...args)
}

function node(...args: string[]): void {
  run(process.execPath, ["--conditions=bitbucket-emulator-source", ...args])
}

/** If the program fails, exits with its exit code. Ctrl-C reaches both processes. */
function run(program: string, args: string[]): void {
  const { status } = spawnSync(program, args, { cwd: root, stdio: "inherit" })
  if (status !== 0) process.exit(status ?? 1)
}
