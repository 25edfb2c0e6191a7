import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import {
  baseStringUri,
  formatAuthorizationHeader,
  isSameSignature,
  normalizeParameters,
  type Parameters,
  parseAuthorizationHeader,
  percentEncode,
  sign,
  signatureBaseString,
} from "./rfc5849.ts"

const vectors =
  process.env.SHARED_VECTORS ?? fileURLToPath(new URL("../../../shared/vectors", import.meta.url))
const signatureVector = `${vectors}/oauth1.rfc5849-signature.json`
const uriVectors = `${vectors}/oauth1.base-string-uri-inputs.json`

/** The printer and the photographs of RFC 5849 §1.2. */
const printer = { consumer_key: "dpf43f3p2l4k3l03", secret: "kd94hf93k423kf44" }

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
      ["file", "vacation.jpg"],
      ["size", "original"],
    ],
    signature: "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
  },
] as const)("the signature for $step is that of RFC 5849 §1.2", (request) => {
  const parameters: Parameters = [
    ["oauth_consumer_key", printer.consumer_key],
    ["oauth_signature_method", "HMAC-SHA1"],
    ...request.parameters,
  ]
  const baseString = signatureBaseString(request.method, request.address, parameters)
  expect(sign("HMAC-SHA1", baseString, { consumer: printer.secret, token: request.tokenSecret })).toBe(
    request.signature,
  )
})

test("the base string is that of RFC 5849 §3.4.1.3, and the signature that of oauthlib", ({ annotate }) => {
  if (!existsSync(signatureVector)) return annotate(`${signatureVector} is absent: the vector was not run`)
  const vector = JSON.parse(readFileSync(signatureVector, "utf8"))
  const { method, uri, params, client_secret, token_secret } = vector
  const collected = [
    ...new URL(uri).searchParams,
    ...new URLSearchParams(vector.body),
    ...params.filter(([name]: [string]) => name.startsWith("oauth_")),
  ]
  expect(baseStringUri(uri)).toBe(vector.base_string_uri)
  expect(normalizeParameters(collected)).toBe(vector.normalized)
  expect(normalizeParameters(params)).toBe(vector.normalized)
  const baseString = signatureBaseString(method, uri, params)
  expect(baseString).toBe(vector.base_string)
  expect(sign("HMAC-SHA1", baseString, { consumer: client_secret, token: token_secret })).toBe(
    vector.expected["HMAC-SHA1"],
  )
})

test("every address of oauthlib's tests has a base string URI that is its own, or none", ({ annotate }) => {
  if (!existsSync(uriVectors)) return annotate(`${uriVectors} is absent: the vectors were not run`)
  const addresses: string[] = JSON.parse(readFileSync(uriVectors, "utf8"))
  for (const address of addresses) {
    if (!URL.canParse(address)) {
      expect(() => baseStringUri(address)).toThrow("Invalid URL")
      continue
    }
    const uri = baseStringUri(address)
    expect(uri).toMatch(/^https?:\/\/[^A-Z?#]+(?:\/[^?#]*)$/)
    expect(baseStringUri(uri)).toBe(uri)
  }
})

test.each([
  ["HTTP://EXAMPLE.com:80/r%20v/X?id=123", "http://example.com/r%20v/X"],
  ["https://www.example.net:8080/?q=1#top", "https://www.example.net:8080/"],
  ["https://www.example.net:443/with/slash/", "https://www.example.net/with/slash/"],
  ["http://127.0.0.1:4100", "http://127.0.0.1:4100/"],
])("the base string URI of %s is %s", (address, uri) => {
  expect(baseStringUri(address)).toBe(uri)
})

test("everything but letters, digits, '-', '.', '_' and '~' is percent-encoded, as UTF-8 and in capitals", () => {
  expect(percentEncode("Az09-._~")).toBe("Az09-._~")
  expect(percentEncode(" !'()*+/=&ß✓")).toBe("%20%21%27%28%29%2A%2B%2F%3D%26%C3%9F%E2%9C%93")
})

test("equal names are sorted by value, and by bytes, not by what a dictionary would say", () => {
  const parameters: Parameters = [
    ["a", "b"],
    ["a", "B"],
    ["a", ""],
    ["Z", "1"],
    ["ä", "1"],
  ]
  expect(normalizeParameters(parameters)).toBe("%C3%A4=1&Z=1&a=&a=B&a=b")
})

test("PLAINTEXT is the two secrets, and an empty one leaves its place empty", () => {
  expect(sign("PLAINTEXT", "", { consumer: "a&b", token: "" })).toBe("a%26b&")
})

test("a header is read as it was written, without realm, whatever the spaces and the scheme's letters", () => {
  const parameters: Parameters = [
    ["oauth_consumer_key", "0685bd9184jfhq22"],
    ["oauth_callback", "http://printer.example.com/ready?a=b c"],
  ]
  expect(parseAuthorizationHeader(formatAuthorizationHeader(parameters))).toEqual(parameters)
  expect(
    parseAuthorizationHeader(
      'oauth realm="Example, with comma is not RFC",\n oauth_token="a%2Fb" , oauth_version=""',
    ),
  ).toBeNull()
  expect(parseAuthorizationHeader('oauth realm="Example",\n oauth_token="a%2Fb" , oauth_version=""')).toEqual(
    [
      ["oauth_token", "a/b"],
      ["oauth_version", ""],
    ],
  )
})

test.each([
  "Bearer x",
  "OAuthor x",
  'OAuth oauth_token="%zz"',
  "OAuth oauth_token=unquoted",
  "OAuth nonsense",
])("%s is no header of OAuth 1.0a", (header) => {
  expect(parseAuthorizationHeader(header)).toBeNull()
})

test("signatures are compared whole", () => {
  expect(isSameSignature("abc=", "abc=")).toBe(true)
  for (const other of ["abd=", "abc", "", "abc==", "äbc="]) expect(isSameSignature(other, "abc=")).toBe(false)
})
