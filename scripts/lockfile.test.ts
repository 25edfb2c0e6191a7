import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"

type Entry = { integrity?: string; link?: boolean; inBundle?: boolean }

/** Those that npm fetches: not this repository's own packages, and not what another package's archive holds. */
async function fetchedPackages(lockfile: string): Promise<[name: string, entry: Entry][]> {
  const { packages } = JSON.parse(await readFile(lockfile, "utf8")) as { packages: Record<string, Entry> }
  return Object.entries(packages).filter(
    ([name, { link, inBundle }]) => name.includes("node_modules/") && !link && !inBundle,
  )
}

test.each(["package-lock.json", "bench/package-lock.json"])(
  "%s has an integrity hash for every package that npm fetches, on every platform",
  async (lockfile) => {
    const packages = await fetchedPackages(lockfile)
    expect(packages.length).toBeGreaterThan(100)
    const without = packages.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ""))
    expect(without.map(([name]) => name)).toEqual([])
  },
)
