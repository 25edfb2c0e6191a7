import { createPublicKey, createVerify, generateKeyPairSync } from "node:crypto"
import { expect, test } from "vitest"
import {
  baseStringUri,
  normalizeParameters,
  type Parameters,
  percentEncode,
  sign,
  signatureBaseString,
} from "./signature"

/** The printer and the photographs of RFC 5849 §1.2. */
const printer = { key: "dpf43f3p2l4k3l03", secret: "kd94hf93k423kf44" }

test.each([
  {
    step: "temporary credentials",
    method: "POST",
    address: "https://photos.example.net/initiate",
    tokenSecret: "",
    parameters: [
      ["oauth_timestamp", "137131200"],
      ["oauth_nonce", "wIjqoS"],
      ["oauth_callback", "http://printer.example.com/ready"],
    ],
    signature: "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
  },
  {
    step: "token credentials",
    method: "POST",
    address: "https://photos.example.net/token",
    tokenSecret: "hdhd0244k9j7ao03",
    parameters: [
      ["oauth_token", "hh5s93j4hdidpola"],
      ["oauth_timestamp", "137131201"],
      ["oauth_nonce", "walatlh"],
      ["oauth_verifier", "hfdp7dh39dks9884"],
    ],
    signature: "gKgrFCywp7rO0OXSjdot/IHF7IU=",
  },
  {
    step: "the photograph",
    method: "GET",
    address: "http://photos.example.net/photos?file=vacation.jpg&size=original",
    tokenSecret: "pfkkdhi9sl3r4s00",
    parameters: [
      ["oauth_token", "nnch734d00sl2jdk"],
      ["oauth_timestamp", "137131202"],
      ["oauth_nonce", "chapoH"],
    ],
    signature: "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
  },
] as const)("the signature for $step is that of RFC 5849 §1.2", (request) => {
  const parameters: Parameters = [
    ["oauth_consumer_key", printer.key],
    ["oauth_signature_method", "HMAC-SHA1"],
    ...request.parameters,
  ]
  const baseString = signatureBaseString(request.method, request.address, parameters)
  const key = { method: "HMAC-SHA1", consumerSecret: printer.secret } as const
  expect(sign(key, baseString, request.tokenSecret)).toBe(request.signature)
})

test("the base string is that of RFC 5849 §3.4.1.1, whose parameters come from query, body and header", () => {
  const parameters: Parameters = [
    ...new URLSearchParams("c2&a3=2+q"),
    ["oauth_consumer_key", "9djdj82h48djs9d2"],
    ["oauth_token", "kkk9d7dh3k39sjv7"],
    ["oauth_signature_method", "HMAC-SHA1"],
    ["oauth_timestamp", "137131201"],
    ["oauth_nonce", "7d8f3e4a"],
  ]
  const address = "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"
  expect(signatureBaseString("post", address, parameters)).toBe(
    "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D" +
      "%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1" +
      "%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7",
  )
})

test.each([
  "http:",
  "http://",
  "http://:8080",
  "https://git example/",
  "https://git%20.example/",
  "https://git.example:-1",
  "https://git.example:65536",
  "https://git.example:1.5",
  "https://git.example:port",
  "https://git.example:80:80",
])("%s cannot be signed", (address) => {
  expect(() => baseStringUri(address)).toThrow("Invalid URL")
})

test.each([
  ["HTTP://EXAMPLE.com:80/r%20v/X?id=123", "http://example.com/r%20v/X"],
  ["https://www.example.net:8080/?q=1#top", "https://www.example.net:8080/"],
  ["https://git.example.com:443/bitbucket/rest/api", "https://git.example.com/bitbucket/rest/api"],
  ["http://127.0.0.1:4100", "http://127.0.0.1:4100/"],
  ["https://bitbucket.example:443/with/slash/", "https://bitbucket.example/with/slash/"],
  ["https://bitbucket.example:80/", "https://bitbucket.example:80/"],
  ["http://bitbucket.example:443", "http://bitbucket.example:443/"],
  ["https://bitbucket.example/a b", "https://bitbucket.example/a%20b"],
  ["https://bitbucket.example/2.0/user?fields=%2A#top", "https://bitbucket.example/2.0/user"],
  ["https://10.0.0.1:7999/rest", "https://10.0.0.1:7999/rest"],
  ["https://[2001:DB8::1]:7999", "https://[2001:db8::1]:7999/"],
  ["https://[2001:db8::1]:443/rest", "https://[2001:db8::1]/rest"],
])("%s is signed as %s", (address, uri) => {
  expect(baseStringUri(address)).toBe(uri)
})

test("everything but letters, digits, '-', '.', '_' and '~' is encoded, as UTF-8 and in capitals", () => {
  expect(percentEncode("Az09-._~")).toBe("Az09-._~")
  expect(percentEncode(" !'()*+/=&ß✓")).toBe("%20%21%27%28%29%2A%2B%2F%3D%26%C3%9F%E2%9C%93")
})

test("equal names are sorted by value, empty and repeated ones stay, and bytes decide, not a dictionary", () => {
  const parameters: Parameters = [
    ["a", "b"],
    ["a", "B"],
    ["a", "b"],
    ["a", ""],
    ["Z", "1"],
    ["ä", "1"],
  ]
  expect(normalizeParameters(parameters)).toBe("%C3%A4=1&Z=1&a=&a=B&a=b&a=b")
})

test("PLAINTEXT is the two secrets, and an empty one leaves its place empty", () => {
  expect(sign({ method: "PLAINTEXT", consumerSecret: "a&b" }, "", "")).toBe("a%26b&")
})

test("the public half of the key verifies an RSA-SHA1 signature, which uses no secret", () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString()
  const signature = sign({ method: "RSA-SHA1", privateKey: pem }, "GET&a&b", "ignored")
  const opens = (text: string) =>
    createVerify("RSA-SHA1").update(text).verify(createPublicKey(pem), signature, "base64")
  expect(opens("GET&a&b")).toBe(true)
  expect(opens("GET&a&c")).toBe(false)
})
