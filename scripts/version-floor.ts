import { readFile } from "node:fs/promises"

/**
 * What a package must be at least, and the advisories that say so, where they have a CVE number, each with the
 * version that fixes it.
 *
 * `from` is the first version that they concern; earlier ones, which other packages bring, are another matter.
 */
export type VersionFloor = Record<string, { minimum: string; from?: string; fixedIn: Record<string, string> }>

/** Package versions by where they lie, as package-lock.json has them. */
type Lockfile = { packages: Record<string, { version?: string }> }

export type TooOld = { name: string; version: string; minimum: string; advisories: string[] }

/** The packages of a lockfile, wherever they lie in its tree, that advisories have overtaken. */
export function packagesBelow(floor: VersionFloor, { packages }: Lockfile): TooOld[] {
  return Object.entries(packages).flatMap(([place, { version }]) => {
    const name = place.split("node_modules/").at(-1) ?? ""
    const required = floor[name]
    if (!required || !version) return []
    const { minimum, from = "0.0.0", fixedIn } = required
    if (compareVersions(version, minimum) >= 0 || compareVersions(version, from) < 0) return []
    const advisories = Object.keys(fixedIn).filter((id) => compareVersions(version, fixedIn[id] ?? "") < 0)
    return [{ name, version, minimum, advisories }]
  })
}

/** Semantic Versioning 2.0.0, §11. @returns less than 0 if the first comes before the second */
export function compareVersions(first: string, second: string): number {
  const [one, other] = [parse(first), parse(second)]
  const byRelease = compareLists(one.release, other.release)
  if (byRelease !== 0 || one.prerelease.length * other.prerelease.length > 0)
    return byRelease || compareLists(one.prerelease, other.prerelease)
  return other.prerelease.length - one.prerelease.length
}

function parse(version: string) {
  const [core = "", ...rest] = (version.split("+")[0] ?? "").split("-")
  return { release: core.split("."), prerelease: rest.length ? rest.join("-").split(".") : [] }
}

function compareLists(first: string[], second: string[]): number {
  for (let index = 0; index < Math.max(first.length, second.length); index++) {
    const [one, other] = [first[index], second[index]]
    if (one === undefined || other === undefined) return one === undefined ? -1 : 1
    const areNumbers = /^\d+$/.test(one) && /^\d+$/.test(other)
    const difference = areNumbers ? Number(one) - Number(other) : one < other ? -1 : Number(one > other)
    if (difference !== 0) return difference
  }
  return 0
}

/** The floor and the lockfile of this repository. */
export async function readFloorAndLockfile(): Promise<[VersionFloor, Lockfile]> {
  const read = async (file: string) => JSON.parse(await readFile(file, "utf8"))
  return [await read("scripts/version-floor.json"), await read("package-lock.json")]
}
