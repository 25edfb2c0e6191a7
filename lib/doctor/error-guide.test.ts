import { readFile } from "node:fs/promises"
import { expect, test } from "vitest"
import { bitbucketErrors } from "./error-guide"

test("every error that is explained stands in the emulator's ledger, where its evidence is", async () => {
  const ledger = await readFile("packages/bitbucket-emulator/README.md", "utf8")
  for (const { row } of bitbucketErrors) expect(ledger).toMatch(new RegExp(`\\| ${row} +\\|`))
})
