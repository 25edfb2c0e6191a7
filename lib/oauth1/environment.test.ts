import { generateKeyPairSync } from "node:crypto"
import { expect, test } from "vitest"
import { EnvironmentError } from "@/lib/env"
import { readConsumer } from "./environment"

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString()

test("without its variables the legacy sign-in is off", () => {
  expect(readConsumer({})).toBeNull()
  expect(readConsumer({ BITBUCKET_OAUTH1_KEY: "" })).toBeNull()
})

test("a secret signs with HMAC, a private key with RSA, also one that was written in one line", () => {
  expect(readConsumer({ BITBUCKET_OAUTH1_KEY: "k", BITBUCKET_OAUTH1_SECRET: "s" })).toEqual({
    consumerKey: "k",
    key: { method: "HMAC-SHA1", consumerSecret: "s" },
  })
  const oneLine = pem.replaceAll("\n", "\\n")
  expect(readConsumer({ BITBUCKET_OAUTH1_KEY: "k", BITBUCKET_OAUTH1_PRIVATE_KEY: oneLine })).toEqual({
    consumerKey: "k",
    key: { method: "RSA-SHA1", privateKey: pem },
  })
})

test.each([
  { BITBUCKET_OAUTH1_KEY: "hunter2" },
  { BITBUCKET_OAUTH1_SECRET: "hunter2" },
  { BITBUCKET_OAUTH1_KEY: "k", BITBUCKET_OAUTH1_SECRET: "hunter2", BITBUCKET_OAUTH1_PRIVATE_KEY: pem },
  { BITBUCKET_OAUTH1_KEY: "k", BITBUCKET_OAUTH1_PRIVATE_KEY: "hunter2" },
])("variables that cannot work are named, without their values", (source) => {
  const problem = (() => {
    try {
      readConsumer(source)
    } catch (error) {
      return error
    }
  })()
  expect(problem).toBeInstanceOf(EnvironmentError)
  expect(String(problem)).toMatch(/BITBUCKET_OAUTH1_/)
  expect(String(problem)).not.toContain("hunter2")
})
