import { afterAll, describe, test } from "vitest"
import { stopPooler, testStores } from "@/test/package-stores"
import { storeContract } from "./store-contract.ts"

afterAll(stopPooler)

describe.each(testStores)("a store in %s keeps the rule that", (_, create) => {
  for (const { name, check } of storeContract(async () => (await create()).open())) test(name, check)
})
