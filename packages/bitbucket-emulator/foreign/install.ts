import { execFileSync, spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

const folder = fileURLToPath(new URL(".", import.meta.url))

/** Installs what these tests run: Renovate beside them, and Debian's packages where they are missing. */
export function setup(): void {
  if (!existsSync(`${folder}node_modules/renovate`)) {
    const command = ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"]
    execFileSync("npm", command, { cwd: folder, stdio: "inherit" })
  }
  if (spawnSync("/usr/bin/python3", ["-c", "import social_core"]).status === 0) return
  const script =
    "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends"
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"]
  const [program = "", ...rest] = [...asRoot, "sh", "-c", `${script} python3-social-auth-core`]
  execFileSync(program, rest, { stdio: "inherit" })
}
