import { createHmac, createPrivateKey, createSign } from "node:crypto"

/** Parameters with their order and their duplicates, decoded. */
export type Parameters = readonly (readonly [name: string, value: string])[]

/** RFC 5849 §3.6: everything but unreserved characters, in upper-case hexadecimal of the UTF-8 bytes. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** RFC 5849 §3.4.1.2: scheme and host in lower case, a default port left out, neither query nor fragment. */
export function baseStringUri(address: string): string {
  const { protocol, host, pathname } = new URL(address)
  return `${protocol}//${host}${pathname}`
}

/** RFC 5849 §3.4.1.3.2: each name and value encoded, then sorted by name and by value, byte by byte. */
export function normalizeParameters(parameters: Parameters): string {
  return parameters
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([aName, aValue], [bName, bValue]) => byteOrder(aName, bName) || byteOrder(aValue, bValue))
    .map(([name, value]) => `${name}=${value}`)
    .join("&")
}

/**
 * What is signed, RFC 5849 §3.4.1.1.
 *
 * @param address with its query, whose parameters are signed too (§3.4.1.3.1)
 * @param parameters of the header, and of a form body if there is one; without `oauth_signature`
 */
export function signatureBaseString(method: string, address: string, parameters: Parameters): string {
  const all = [...new URL(address).searchParams, ...parameters]
  return [method.toUpperCase(), baseStringUri(address), normalizeParameters(all)].map(percentEncode).join("&")
}

/** How a client authenticates: with a shared secret, or with a private key whose public half Bitbucket has. */
export type SigningKey =
  | { method: "HMAC-SHA1" | "PLAINTEXT"; consumerSecret: string }
  | { method: "RSA-SHA1"; privateKey: string }

/** Signs, RFC 5849 §3.4.2 to §3.4.4. @param tokenSecret empty if there is no token yet */
export function sign(key: SigningKey, baseString: string, tokenSecret: string): string {
  if (key.method === "RSA-SHA1")
    return createSign("RSA-SHA1").update(baseString).sign(createPrivateKey(key.privateKey), "base64")
  const secrets = `${percentEncode(key.consumerSecret)}&${percentEncode(tokenSecret)}`
  return key.method === "PLAINTEXT"
    ? secrets
    : createHmac("sha1", secrets).update(baseString).digest("base64")
}

/** Encoded text is ASCII, so the order of its characters is the order of its bytes. */
function byteOrder(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
