import { afterAll, describe, expect, test } from "vitest"
import { stopPooler, testStores } from "@/test/package-stores"
import { storeContract } from "./store-contract.ts"

afterAll(stopPooler)

describe.each(testStores)("a store in %s keeps the rule that", (_, create) => {
  test.each(storeContract(async () => (await create()).open()))("$name", async ({ check }) => {
    await expect(check()).resolves.toBeUndefined()
  })
})
