import { randomBytes } from "node:crypto"
import { describe, expect, test } from "vitest"
import { weaknessOf } from "./secret-strength"

describe("a secret is refused", () => {
  test.each([
    "please-change-me-before-deploying-this",
    "YOUR_SECRET_GOES_HERE_0123456789abcdef",
    "openssl rand -base64 32 # run this one",
  ])("if it is a placeholder: %s", (secret) => {
    expect(weaknessOf(secret)).toBe("is a placeholder, not a secret")
  })

  test.each([
    "x".repeat(64),
    "1221121221221112212211212212121121",
    "password".repeat(4),
    "passwordPASSWORDPasswordpAssword",
    "passworddrowssappassworddrowssap",
    "correct-horse-correct-horse-correct",
    "abcdefghijklmnopqrstuvwxyz012345",
    "0123456789012345678901234567890123456789",
    "9876543210zyxwvutsrqponmlkjihgfe",
    "qwertyuiopasdfghjklzxcvbnm123456",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,",
    "aaaaaaaabbbbbbbbccccccccdddddddd",
    "0123456789abcdef0123456789abcdef",
    "dGVzdGRHVnpkR1J0ZXN0dGVzdHRlc3Q=".slice(0, 8).repeat(5),
    "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6",
    "11223344556677889900aabbccddeeff",
    "k7Qz".repeat(9),
    "Xk3v9QpLXk3v9QpLXk3v9QpLXk3v9QpL",
  ])("if it repeats itself or runs in sequence: %s", (secret) => {
    expect(weaknessOf(secret)).toBe("repeats itself or runs in sequence")
  })
})

test("no random secret is refused, in base64 or in hexadecimal, short or long", () => {
  for (let count = 0; count < 100; count++)
    for (const encoding of ["base64", "base64url", "hex"] as const)
      for (const bytes of [12, 16, 24, 32, 48])
        expect(weaknessOf(randomBytes(bytes).toString(encoding))).toBeNull()
})
