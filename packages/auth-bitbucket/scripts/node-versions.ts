import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { PROGRAM_OUTPUT, packInto, programs, programText, runIn } from "../test/packed-package.ts"

/** The oldest that works, and the newest of each line in use. */
const NODE_VERSIONS = ["20.19.0", "22.23.3", "24.21.0"]
const MOST_PACKAGES = 5

const project = mkdtempSync(join(tmpdir(), "auth-bitbucket-nodes-"))
try {
  const { filename } = packInto(project)
  writeFileSync(join(project, "package.json"), "{}")
  npm("install", `./${filename}`)

  const { dependencies } = JSON.parse(npm("ls", "--omit=dev", "--all", "--json"))
  const packages = namesIn(dependencies)
  if (packages.length > MOST_PACKAGES) throw new Error(`Installed ${packages.length}: ${packages.join(", ")}`)
  console.log(`Installs ${packages.length} packages: ${packages.join(", ")}`)

  // The optional peer that the provider needs.
  npm("install", "@auth/core@0.41.3")
  for (const version of NODE_VERSIONS) {
    for (const extension of programs) {
      const file = `use.${extension}`
      writeFileSync(join(project, file), programText(extension))
      const printed = runIn(project, "npx", "--yes", "-p", `node@${version}`, "node", file)
      if (printed !== PROGRAM_OUTPUT) throw new Error(`Node ${version} printed for ${file}: ${printed}`)
      console.log(`Node ${version}: ${file} uses every entry`)
    }
  }
} finally {
  rmSync(project, { recursive: true, force: true })
}

function npm(...args: string[]): string {
  return runIn(project, "npm", ...args, "--no-audit", "--no-fund", "--save-exact")
}

type Tree = { [name: string]: { version?: string; dependencies?: Tree } }

/** An optional peer that is not installed is listed without a version. */
function namesIn(tree: Tree = {}): string[] {
  const installed = Object.entries(tree).filter(([, { version }]) => version !== undefined)
  const names = installed.flatMap(([name, { dependencies }]) => [name, ...namesIn(dependencies)])
  return [...new Set(names)].sort()
}
