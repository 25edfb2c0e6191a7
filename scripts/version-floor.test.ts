import { expect, test } from "vitest"
import { compareVersions, packagesBelow } from "./version-floor"

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
    next: { minimum: "16.3.8", advisories: ["CVE-1"] },
    "@auth/core": { minimum: "0.41.3", advisories: [] },
  }
  const packages = {
    "": { version: "0.1.0" },
    "node_modules/next": { version: "16.4.6" },
    "node_modules/x/node_modules/next": { version: "16.3.7" },
    "emulator/node_modules/@auth/core": { version: "0.41.2" },
    "node_modules/next-auth": { version: "1.0.0" },
  }
  expect(packagesBelow(floor, { packages }).map(({ name, version }) => `${name}@${version}`)).toEqual([
    "next@16.3.7",
    "@auth/core@0.41.2",
  ])
})
