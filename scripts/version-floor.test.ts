import { expect, test } from "vitest"
import { compareVersions, packagesBelow, readFloorAndLockfile } from "./version-floor"

test("versions are ordered as Semantic Versioning has them", () => {
  const ascending = [
    "0.41.2",
    "0.41.3",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0",
    "1.0.10",
    "1.2.0",
    "10.0.0",
  ]
  for (const [index, version] of ascending.entries()) {
    expect(compareVersions(version, version)).toBe(0)
    for (const later of ascending.slice(index + 1)) {
      expect(compareVersions(version, later), `${version} < ${later}`).toBeLessThan(0)
      expect(compareVersions(later, version), `${later} > ${version}`).toBeGreaterThan(0)
    }
  }
})

test("a package below the floor is found wherever it lies in the tree", () => {
  const floor = {
    next: { minimum: "16.3.8", fixedIn: { "CVE-1": "16.3.8" } },
    "@auth/core": { minimum: "0.41.3", fixedIn: {} },
  }
  const packages = {
    "": { version: "0.1.0" },
    "node_modules/next": { version: "16.4.6" },
    "node_modules/x/node_modules/next": { version: "16.3.7" },
    "packages/bitbucket-emulator/node_modules/@auth/core": { version: "0.41.2" },
    "node_modules/next-auth": { version: "1.0.0" },
  }
  expect(packagesBelow(floor, { packages }).map(({ name, version }) => `${name}@${version}`)).toEqual([
    "next@16.3.7",
    "@auth/core@0.41.2",
  ])
})

test("a floor that concerns one line of versions leaves an older line alone", () => {
  const floor = { zod: { minimum: "4.6.7", from: "4.0.0", fixedIn: {} } }
  const at = (version: string) => packagesBelow(floor, { packages: { "node_modules/zod": { version } } })
  expect(["3.25.76", "4.0.0", "4.6.6", "4.6.7"].map((version) => at(version).length)).toEqual([0, 1, 1, 0])
})

test("the floor of this repository refuses versions with known holes", async () => {
  const [floor] = await readFloorAndLockfile()
  for (const [name, version] of [
    ["next", "16.4.0"],
    ["react", "19.3.0"],
    ["react-dom", "19.3.0"],
    ["sharp", "0.35.4"],
    ["zod", "4.6.6"],
    ["hono", "4.13.17"],
    ["vitest", "4.1.11"],
  ] as const) {
    const packages = { [`node_modules/x/node_modules/${name}`]: { version } }
    expect(packagesBelow(floor, { packages }), name).toHaveLength(1)
  }
})
