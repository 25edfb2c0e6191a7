import { readFile } from "node:fs/promises"

type LockedPackage = {
  name?: string
  version?: string
  license?: string
  integrity?: string
  link?: boolean
  dev?: boolean
  optional?: boolean
}

/**
 * `npm run sbom`: a CycloneDX bill of materials, made from package-lock.json. npm's own refuses where a peer of a tool
 * has another version than it wishes, and without the tools it leaves out what they share with the app.
 *
 * @see https://cyclonedx.org/docs/1.5/json/
 */
const { packages } = JSON.parse(await readFile("package-lock.json", "utf8")) as {
  packages: Record<string, LockedPackage>
}
const { name = "", version = "" } = packages[""] ?? {}
const components = Object.entries(packages)
  .filter(([place, { link }]) => place.includes("node_modules/") && !link)
  .map(([place, locked]) => component(place.split("node_modules/").at(-1) ?? "", locked))
const unique = new Map(components.map((one) => [one.purl, one]))
const bill = {
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  version: 1,
  metadata: { component: { type: "application", name, version, purl: purlOf(name, version) } },
  components: [...unique.values()].sort((one, other) => (one.purl < other.purl ? -1 : 1)),
}
console.log(JSON.stringify(bill, null, 2))

function component(packageName: string, locked: LockedPackage) {
  const { version: itsVersion = "", license, integrity, dev, optional } = locked
  const [algorithm, digest] = integrity?.split("-") ?? []
  return {
    type: "library",
    name: packageName,
    version: itsVersion,
    purl: purlOf(packageName, itsVersion),
    // CycloneDX says "excluded" of what is needed to build and test only.
    scope: dev ? "excluded" : optional ? "optional" : "required",
    ...(license && { licenses: [{ expression: license }] }),
    ...(algorithm === "sha512" &&
      digest && { hashes: [{ alg: "SHA-512", content: Buffer.from(digest, "base64").toString("hex") }] }),
  }
}

function purlOf(packageName: string, itsVersion: string): string {
  return `pkg:npm/${packageName.replace("@", "%40")}@${itsVersion}`
}
