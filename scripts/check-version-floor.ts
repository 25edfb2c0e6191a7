import { packagesBelow, readFloorAndLockfile } from "./version-floor"

/** One of the checks: fails where a package of the lockfile is older than advisories allow. */
const tooOld = packagesBelow(...(await readFloorAndLockfile()))
for (const { name, version, minimum, advisories } of tooOld)
  console.error(
    `${name} is at ${version}; ${advisories.join(", ") || "advisories"} need ${minimum} or later.`,
  )
process.exit(tooOld.length === 0 ? 0 : 1)
