import { expect, test } from "@playwright/test"
import { sign, signatureBaseString } from "../../lib/oauth1/signature"
import { signedHeader } from "../../lib/oauth1/signed-header"

/** The printer example of RFC 5849 §1.2. */
const printer = {
  consumerKey: "dpf43f3p2l4k3l03",
  key: { method: "HMAC-SHA1", consumerSecret: "kd94hf93k423kf44" },
} as const

test("L2 a request's signature matches the one that RFC 5849 prints, byte by byte", () => {
  const baseString = signatureBaseString(
    "GET",
    "http://photos.example.net/photos?file=vacation.jpg&size=original",
    [
      ["oauth_consumer_key", printer.consumerKey],
      ["oauth_token", "nnch734d00sl2jdk"],
      ["oauth_signature_method", "HMAC-SHA1"],
      ["oauth_timestamp", "137131202"],
      ["oauth_nonce", "chapoH"],
    ],
  )
  expect(sign(printer.key, baseString, "pfkkdhi9sl3r4s00")).toBe("MdpQcU8iPSUjWoN/UDMsK2sui9I=")
})

test("L6b no nonce repeats in a hundred thousand, and each has 128 bits", () => {
  const nonces = new Set(
    Array.from({ length: 100_000 }, () => {
      const header = signedHeader(printer, { method: "GET", url: "https://api.example/" })
      return /oauth_nonce="([0-9a-f]{32})"/.exec(header)?.[1]
    }),
  )
  expect(nonces.has(undefined)).toBe(false)
  expect(nonces.size).toBe(100_000)
})
