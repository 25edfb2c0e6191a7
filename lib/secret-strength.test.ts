import { randomBytes } from "node:crypto"
import { describe, expect, test } from "vitest"
import { weaknessOf } from "./secret-strength"

describe("the strength of a secret", () => {
  test.each([
    ["a placeholder", "please-change-me-before-deploying-this"],
    ["a placeholder", "YOUR_SECRET_GOES_HERE_0123456789abcdef"],
    ["a placeholder", "openssl rand -base64 32 # run this one"],
    ["of one character", "x".repeat(64)],
    ["of few characters", "1221121221221112212211212212121121"],
  ])("is nothing where it is %s: %s", (_, secret) => {
    expect(weaknessOf(secret)).toMatch(/^(is|has) /)
  })

  test("is enough where it was made by chance, in base64 as in hexadecimal", () => {
    for (let count = 0; count < 500; count++)
      for (const encoding of ["base64", "base64url", "hex"] as const)
        for (const bytes of [12, 32]) expect(weaknessOf(randomBytes(bytes).toString(encoding))).toBeNull()
  })
})
