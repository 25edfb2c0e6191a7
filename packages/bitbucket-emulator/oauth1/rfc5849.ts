import { createHmac, createVerify, timingSafeEqual } from "node:crypto"

/** Parameters with their order and their duplicates, decoded. */
export type Parameters = readonly (readonly [name: string, value: string])[]

/** The methods with a shared secret: those that Bitbucket Cloud accepted (BB-O3). */
export type SignatureMethod = "HMAC-SHA1" | "PLAINTEXT"

/** RFC 5849 §3.6: everything but the unreserved characters of RFC 3986, in upper-case hexadecimal of the UTF-8 bytes. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** §3.4.1.2: scheme and host in lower case, a default port left out, no query and no fragment. */
export function baseStringUri(address: string): string {
  const { protocol, host, pathname } = new URL(address)
  return `${protocol}//${host}${pathname}`
}

/** §3.4.1.3.2: encoded, then sorted by name and by value, byte by byte. */
export function normalizeParameters(parameters: Parameters): string {
  return parameters
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join("&")
}

/** §3.4.1.1. `parameters` are all of §3.4.1.3.1: of query, form body and header, without realm and signature. */
export function signatureBaseString(method: string, address: string, parameters: Parameters): string {
  return [method.toUpperCase(), baseStringUri(address), normalizeParameters(parameters)]
    .map(percentEncode)
    .join("&")
}

/** §3.4.2, and §3.4.4 if there is nothing to sign. */
export function sign(
  signatureMethod: SignatureMethod,
  baseString: string,
  secrets: { consumer: string; token: string },
): string {
  const key = `${percentEncode(secrets.consumer)}&${percentEncode(secrets.token)}`
  return signatureMethod === "PLAINTEXT" ? key : createHmac("sha1", key).update(baseString).digest("base64")
}

/** §3.4.3: whether the private key for `publicKey` made the signature, which Data Center requires (BB-D8). */
export function isRsaSignature(publicKey: string, baseString: string, signature: string): boolean {
  try {
    return createVerify("RSA-SHA1").update(baseString).verify(publicKey, signature, "base64")
  } catch {
    return false
  }
}

/** Whether two signatures are the same, in constant time. */
export function isSameSignature(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** §3.5.1: the parameters of an Authorization header without `realm`; null when it is of another scheme or malformed. */
export function parseAuthorizationHeader(header: string): Parameters | null {
  const list = /^OAuth(?:\s+(.*))?$/is.exec(header)
  if (list === null) return null
  const parameters: [string, string][] = []
  for (const item of (list[1] ?? "").split(",").map((text) => text.trim())) {
    if (item === "") continue
    const pair = /^([^=\s]+)\s*=\s*"([^"]*)"$/.exec(item)
    const name = percentDecode(pair?.[1] ?? "%")
    const value = percentDecode(pair?.[2] ?? "%")
    if (name === null || value === null) return null
    if (name !== "realm") parameters.push([name, value])
  }
  return parameters
}

/** The inverse, §3.5.1. */
export function formatAuthorizationHeader(parameters: Parameters): string {
  const items = parameters.map(([name, value]) => `${percentEncode(name)}="${percentEncode(value)}"`)
  return `OAuth ${items.join(", ")}`
}

function percentDecode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** Encoded text is ASCII, so the order of its characters is the order of its bytes. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
