import { existsSync } from "node:fs"
import path from "node:path"
import { run } from "./run"

/** Servers of other people that the tests put around the app, each with its Debian package. */
const packages = { pgbouncer: "pgbouncer", nginx: "nginx", apache2: "apache2-bin", caddy: "caddy" } as const

export type SystemProgram = keyof typeof packages

/** Debian keeps servers where only root's PATH looks. */
const moreFolders = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"]

/** As root. While the file of this name says so, Debian's packages start no service. */
const install = `
  policy=/usr/sbin/policy-rc.d
  if ! test -e $policy; then
    trap 'rm $policy' EXIT
    printf '#!/bin/sh\\nexit 101\\n' > $policy && chmod 755 $policy
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"`

/** @returns the path of an installed program; undefined if there is none */
export function findProgram(name: SystemProgram): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), ...moreFolders]
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file))
}

/**
 * Makes sure that the programs are there: installs Debian's packages of those that are missing, whose services are not
 * started.
 *
 * @throws Error naming a program that is missing and cannot be installed
 */
export async function ensurePrograms(): Promise<void> {
  const missing = () => (Object.keys(packages) as SystemProgram[]).filter((name) => !findProgram(name))
  if (missing().length === 0) return
  const wanted = missing().map((name) => packages[name])
  console.log(`Installing ${wanted.join(", ")} for the tests ...`)
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"]
  const { output } = await run([...asRoot, "sh", "-c", install, "install", ...wanted], {
    isQuiet: true,
  }).catch((error) => ({ output: String(error) }))
  const [first] = missing()
  if (first)
    throw new Error(
      `The tests need ${first}, such as by \`apt-get install ${packages[first]}\`. It could not be installed:\n${output}`,
    )
}
