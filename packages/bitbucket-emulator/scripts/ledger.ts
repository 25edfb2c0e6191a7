import { readFileSync, writeFileSync } from "node:fs"
import { withLedger } from "../fidelity/readme-section.ts"

/** `npm run ledger -w bitbucket-emulator`: writes the ledger's tables into the README. */
const readme = new URL("../README.md", import.meta.url)
writeFileSync(readme, withLedger(readFileSync(readme, "utf8")))
