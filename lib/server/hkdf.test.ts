import { encode } from "@auth/core/jwt"
import { jwtDecrypt } from "jose"
import { expect, test } from "vitest"
import { hkdf } from "./hkdf"

test.each([
  ["a-secret-of-more-than-32-characters-0123", "__Host-authjs.session-token"],
  ["äöü".repeat(20), "encodedState"],
])("the key is the one that Auth.js derives by the package: secret %j, salt %j", async (secret, salt) => {
  const sealed = await encode({ token: { sub: "{account}" }, secret, salt })
  const key = await hkdf("sha256", secret, salt, `Auth.js Generated Encryption Key (${salt})`, 64)
  expect((await jwtDecrypt(sealed, key)).payload.sub).toBe("{account}")
})
