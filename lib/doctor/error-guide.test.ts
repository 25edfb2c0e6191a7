import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { bitbucketErrors } from "./error-guide"

test("the emulator's ledger has evidence for every explained error", async () => {
  const ledger = await readFile("packages/bitbucket-emulator/README.md", "utf8")
  for (const { row } of bitbucketErrors) expect(ledger).toMatch(new RegExp(`\\| ${row} +\\|`))
})
