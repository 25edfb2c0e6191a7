import { execFileSync, spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"

const folder = fileURLToPath(new URL(".", import.meta.url))

/** The Debian programs that the tests use, and how to detect them. */
const DEBIAN_PACKAGES = [
  { name: "python3-social-auth-core", probe: ["/usr/bin/python3", "-c", "import social_core"] },
  { name: "python3-pytest", probe: ["/usr/bin/python3", "-c", "import pytest"] },
  { name: "golang-go", probe: ["go", "version"] },
]

/** Installs what these tests run: Renovate in this folder, and missing Debian packages. */
export function setup(): void {
  if (!existsSync(`${folder}node_modules/renovate`)) {
    const command = ["ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"]
    execFileSync("npm", command, { cwd: folder, stdio: "inherit" })
  }
  const missing = DEBIAN_PACKAGES.filter(
    ({ probe: [program = "", ...rest] }) => spawnSync(program, rest).status !== 0,
  )
  if (missing.length === 0) return
  const names = missing.map(({ name }) => name).join(" ")
  const script =
    "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends"
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"]
  const [program = "", ...rest] = [...asRoot, "sh", "-c", `${script} ${names}`]
  execFileSync(program, rest, { stdio: "inherit" })
}
